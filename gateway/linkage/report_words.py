"""The words of a report on a linkage, in English and in Russian."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, tuple[str, str]]

WORDS: Final[Words] = {
    "title": ("Linkage of a register", "Связывание регистра"),
    "lead": (
        "What was found and what it rests on. No value of a person stands here.",
        "Что найдено и на чём это основано. Данных о людях здесь нет.",
    ),
    "counts": ("Counts", "Количество"),
    "counts-about": (
        "Rows that are alike in every column are one record.",
        "Строки, одинаковые во всех столбцах, считаются одной записью.",
    ),
    "bands": ("Bands", "Полосы"),
    "bands-about": (
        "Every row has one. Whoever acts without looking takes the white rows only.",
        "Есть у каждой строки. Без проверки можно использовать лишь белые строки.",
    ),
    "band": ("Band", "Полоса"),
    "rows": ("Rows", "Строк"),
    "share": ("Share", "Доля"),
    "meaning": ("What it means", "Что означает"),
    "sizes": ("Cluster sizes", "Размеры групп"),
    "sizes-about": (
        "How many persons have so many rows. Each line is ten times the one below it.",
        "У скольких лиц столько строк. Каждая линия в десять раз больше предыдущей.",
    ),
    "histogram": ("Match probabilities", "Вероятности совпадения"),
    "histogram-about": (
        (
            "How many of the compared pairs have this probability of being one person. Most should stand at the ends; "
            "each line is ten times the one below it."
        ),
        (
            "Сколько из сравнённых пар с такой вероятностью относятся к одному лицу. Большинство должно быть по краям; "
            "каждая линия в десять раз больше предыдущей."
        ),
    ),
    "calibration": ("Calibration", "Калибровка"),
    "calibration-about": (
        (
            "Pairs that people have judged: the probability that was given (to the right) and the share judged one "
            "person (upward). On the slanting line the probabilities can be taken at their word; a larger dot is more "
            "pairs."
        ),
        (
            "Проверенные людьми пары: присвоенная вероятность (вправо) и доля признанных одним лицом (вверх). "
            "На наклонной линии вероятности точны; чем больше точка, тем больше пар."
        ),
    ),
    "given": ("Probability given", "Присвоенная вероятность"),
    "right": ("Judged one person", "Признаны одним лицом"),
    "pairs": ("Pairs", "Пар"),
    "weights": ("Weights", "Веса"),
    "weights-about": (
        (
            "What each degree of agreement says for (+, to the right) or against (−, to the left) one person, in bits: "
            "one bit doubles or halves the odds. Agreement on a rare value weighs more than shown, on a frequent one "
            "less."
        ),
        (
            "Что каждая степень совпадения говорит за (+, вправо) или против (−, влево) одного лица, в битах: один бит "
            "удваивает шансы или делит их пополам. Совпадение редкого значения весит больше показанного, частого — "
            "меньше."
        ),
    ),
    "rivals": ("Two who are alike", "Похожие лица"),
    "rivals-about": (
        (
            "Kinds of two persons who look like one, and about how many such pairs there are among all. A pair is one "
            "person only where that explains it better than each of these."
        ),
        (
            "Виды пар разных лиц, похожих на одно, и сколько их примерно среди всех. Пара — одно лицо, лишь если это "
            "объясняет её лучше каждого из видов."
        ),
    ),
    "kind": ("Kind", "Вид"),
    "rules": ("How pairs were chosen", "Как отбирались пары"),
    "rules-about": (
        "Forgone are comparisons that were not made because too many records share a key.",
        "Пропущены сравнения, где один ключ у слишком многих записей.",
    ),
    "rule": ("Rule", "Правило"),
    "made": ("Compared", "Сравнено"),
    "forgone": ("Forgone", "Пропущено"),
    "seconds": ("Time", "Время"),
    "seconds-about": ("Seconds per stage.", "Секунд на каждый этап."),
    "stage": ("Stage", "Этап"),
    "spent": ("Seconds", "Секунд"),
    "sum": ("Sum", "Итого"),
}
COUNTS: Final[Words] = {
    "rows": ("Rows", "Строк"),
    "records": ("Different records", "Различных записей"),
    "clusters": ("Persons", "Лиц"),
    "linked": ("Rows that have others of the same person", "Строк, у которых есть другие того же лица"),
    "compared": ("Pairs compared", "Сравнено пар"),
    "labels": ("Pairs judged by people", "Пар, проверенных людьми"),
    "prior": ("Pairs of one person among all pairs", "Пар одного лица среди всех пар"),
}
RIVALS: Final[Words] = {
    "one nation": ("Of one nation and its towns", "Одного народа, из одних мест"),
    "namesakes": ("Namesakes", "Тёзки и однофамильцы"),
    "one given name": ("Of one given name", "С одним именем"),
    "one family": ("Of one family", "Из одной семьи"),
    "one paper": ("With one paper", "С одним документом"),
    "twins": ("Twins", "Близнецы"),
}
BANDS: Final[Words] = {
    "white": ("White", "Белая"),
    "white-about": (
        "Stands in its cluster by evidence that needs no review.",
        "Отнесена к лицу по данным, не требующим проверки.",
    ),
    "yellow": ("Yellow", "Жёлтая"),
    "yellow-about": (
        "A human should look: its link is likely but not sure, or its cluster agrees in part only, or with another.",
        "Должен посмотреть человек: связь вероятна, но не бесспорна, либо группа сходится отчасти или с другой.",
    ),
    "green": ("Green", "Зелёная"),
    "green-about": ("On its own: nothing like it was found.", "Сама по себе: похожих не найдено."),
}
STAGES: Final[Words] = {
    "read": ("Reading", "Чтение"),
    "prepare": ("Preparing", "Подготовка"),
    "block": ("Choosing pairs", "Отбор пар"),
    "train": ("Learning", "Обучение"),
    "predict": ("Comparing", "Сравнение"),
    "cluster": ("Clustering", "Кластеризация"),
    "write": ("Writing", "Запись"),
}
LEVELS: Final[Words] = {
    "exact": ("exact", "точно"),
    "exchanged with the family name": ("exchanged with the family name", "переставлено с фамилией"),
    "the same name": ("the same name", "то же имя"),
    "nearly alike": ("nearly alike", "почти одинаково"),
    "among the other words": ("among the other words", "среди других слов"),
    "initial": ("initial", "инициал"),
    "somewhat alike": ("somewhat alike", "отчасти похоже"),
    "different": ("different", "различно"),
    "sounds alike, or one slip": ("sounds alike, or one slip", "созвучно или описка"),
    "one in common": ("one in common", "одно общее"),
    "the day": ("the day", "тот же день"),
    "day and month exchanged": ("day and month exchanged", "день и месяц переставлены"),
    "one digit": ("one digit", "одна цифра"),
    "the year, and 1 January": ("the year, and 1 January", "тот же год и 1 января"),
    "one digit, with 1 January": ("one digit, with 1 January", "одна цифра, с 1 января"),
    "two parts of three": ("two parts of three", "две части из трёх"),
    "the year": ("the year", "тот же год"),
    "two digits": ("two digits", "две цифры"),
    "ten years at most": ("ten years at most", "не более десяти лет"),
    "one slip or the next street": ("one slip or the next street", "описка или соседняя улица"),
    "district": ("district", "район"),
    "area": ("area", "область"),
    "one within the other": ("one within the other", "одно внутри другого"),
    "one sign or two neighbours": ("one sign or two neighbours", "один знак или два соседних"),
}
RULES: Final[Words] = {
    " and ": (" and ", " и "),
    "rare ": ("rare ", "редкое: "),
    "both names": ("both names", "оба имени"),
    "family name": ("family name", "фамилия"),
    "given name": ("given name", "имя"),
    "full name": ("full name", "полное имя"),
    "birth date": ("birth date", "дата рождения"),
    "year": ("year", "год"),
    "day": ("day", "день"),
    "initial": ("initial", "инициал"),
    "address": ("address", "адрес"),
    "postcode": ("postcode", "индекс"),
    "half a postcode": ("half a postcode", "половина индекса"),
    "phone": ("phone", "телефон"),
    "email": ("email", "эл. почта"),
    "document": ("document", "документ"),
    "identifier": ("identifier", "номер"),
}
"""Parts of the names of blocking rules."""
