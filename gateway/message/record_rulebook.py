"""The table of the rules of records; see rulebook.py."""

from __future__ import annotations

from typing import Final

from gateway.message.rule import Rule, rules

RECORD_RULES: Final[dict[str, Rule]] = rules(
    "record",
    (
        "BR-01",
        "error",
        "Состояние записи принадлежит жизненному циклу её категории.",
        "The status of a record belongs to the lifecycle of its category.",
    ),
    (
        "BR-02",
        "error",
        "Элемент семейства соответствует категории записи, и категория известна.",
        "The family's element agrees with the category of the record, and the category is known.",
    ),
    (
        "BR-03",
        "error",
        "RecordId вычислен из источника записи (UUID версии 5): чужую запись заменить нельзя.",
        "RecordId is computed from the record's source (UUID version 5): nobody replaces another's record.",
    ),
    (
        "BR-04",
        "warning",
        "Срок хранения не истекает раньше создания версии.",
        "Retention does not end before the version was made.",
    ),
    (
        "BR-05",
        "error",
        "Запись говорит о лице, если этого требует её категория, и ни о ком, если категория не о лицах.",
        "A record is about a person where its category demands one, and about nobody where it is not about persons.",
    ),
    (
        "BR-10",
        "error",
        "Дата рождения не позже дня создания версии.",
        "The birth date is not after the day the version was made.",
    ),
    ("BR-11", "error", "Год рождения не раньше 1850.", "The year of birth is not before 1850."),
    (
        "BR-12",
        "warning",
        "Пометка assumed стоит только при 1 января с известным годом.",
        "The mark assumed stands only on a 1 January of a known year.",
    ),
    (
        "BR-13",
        "error",
        "В имени заполнена хотя бы одна часть, и она не пустая.",
        "A name has at least one part, and it is not blank.",
    ),
    (
        "BR-14",
        "warning",
        "Если отчества нет (noPatronymic), оно не указано.",
        "Where there is no patronymic (noPatronymic), none is given.",
    ),
    (
        "BR-15",
        "warning",
        "Лицо без гражданства не имеет действующего гражданства.",
        "A stateless person has no present citizenship.",
    ),
    (
        "BR-16",
        "warning",
        "Пол и дата рождения, заложенные в личный номер, не противоречат записи.",
        "The sex and the birth date inside a personal number do not contradict the record.",
    ),
    (
        "BR-17",
        "warning",
        "Документ выдан не позже окончания своего действия.",
        "A document is not issued after the end of its validity.",
    ),
    (
        "BR-18",
        "error",
        "Номер документа и личный номер не пустые.",
        "The number of a document and a personal number are not blank.",
    ),
    (
        "BR-20",
        "error",
        "Запрет на въезд и высылка ссылаются на индивидуальное решение и называют принявший его орган.",
        "An entry ban and an expulsion refer to an individual decision and name the deciding authority.",
    ),
    (
        "BR-21",
        "error",
        "Запрет на въезд начинается не позже, чем кончается.",
        "An entry ban does not begin after its end.",
    ),
    (
        "BR-22",
        "error",
        "Запрет на въезд не вносится на лицо младше 14 лет на день его начала без пометки BAN-MINOR-REVIEWED.",
        "An entry ban on a person under 14 on its first day is not accepted without the flag BAN-MINOR-REVIEWED.",
    ),
    (
        "BR-23",
        "error",
        "Разрешение действует с даты не позже даты окончания.",
        "A permit is not valid from a date after its end.",
    ),
    ("BR-24", "error", "Пребывание начинается не позже, чем кончается.", "A stay does not begin after its end."),
    (
        "BR-25",
        "warning",
        "Прибытие не позже окончания пребывания, и убытие не раньше его начала.",
        "The arrival is not after the end of the stay, nor the departure before its beginning.",
    ),
    (
        "BR-26",
        "warning",
        "Пересечение границы не позже создания версии.",
        "A border crossing is not after the version was made.",
    ),
    (
        "BR-27",
        "error",
        "Обращение за защитой, его регистрация, решение и жалоба следуют в этом порядке.",
        "An application for protection is lodged, registered, decided and appealed in this order.",
    ),
    (
        "BR-28",
        "error",
        "Номера и ссылки, по которым запись находят, и пункт пропуска не пустые.",
        "The numbers and references by which a record is found, and the checkpoint, are not blank.",
    ),
    (
        "BR-50",
        "warning",
        "Разрешение выдано не позже окончания своего действия.",
        "A permit is not issued after the end of its validity.",
    ),
    (
        "BR-51",
        "error",
        "Держатель лицензии назван с регистрационным номером.",
        "The holder of a licence is named with a registration number.",
    ),
    (
        "BR-52",
        "warning",
        "Срок оплаты указан только для патента.",
        "Only a patent has a day until which its fee is paid.",
    ),
    (
        "BR-53",
        "warning",
        "Причина отказа указана только при отказе на границе.",
        "A reason of refusal stands only where the border refused.",
    ),
    (
        "BR-54",
        "error",
        "Работа начинается не позже, чем кончается, и договор прекращён не раньше заключения.",
        "Work does not begin after its end, and no contract ends before it was made.",
    ),
    (
        "BR-55",
        "warning",
        "Уведомление о прекращении договора называет его дату.",
        "A notice of termination names its date.",
    ),
    (
        "BR-56",
        "error",
        "Исполненная высылка имеет дату исполнения, и не раньше решения.",
        "An executed expulsion has its date, and not before the decision.",
    ),
    (
        "BR-57",
        "warning",
        "Сумма и валюта указаны вместе.",
        "An amount and its currency stand together.",
    ),
    (
        "BR-58",
        "warning",
        "Состояние документа наступило не позже создания версии.",
        "A document is in its state not after the version was made.",
    ),
    (
        "BR-59",
        "error",
        "Использовано не больше размера квоты.",
        "No more is used than the quota's amount.",
    ),
    (
        "BR-60",
        "error",
        "Период показателя начинается не позже, чем кончается.",
        "The period of a statistic does not begin after its end.",
    ),
    (
        "BR-61",
        "error",
        "Показатель имеет значение, если оно не отсутствует и не скрыто, и только тогда.",
        "A statistic has a value exactly where it is neither missing nor suppressed.",
    ),
    (
        "BR-62",
        "warning",
        "Числа лиц от 1 до 4 скрываются.",
        "Counts of 1 to 4 persons are suppressed.",
    ),
    (
        "BR-63",
        "error",
        "Даты защиты следуют в своём порядке: предоставление, начало, перерыв, окончание.",
        "The dates of a protection follow in their order: grant, beginning, absence, end.",
    ),
    (
        "BR-64",
        "error",
        "Производный статус и ходатайство члена семьи называют, от чьего они производны.",
        "A derived status, and a dependant's application, name the one they derive from.",
    ),
    (
        "BR-65",
        "error",
        "Дополнительная защита и каждое её продление длятся не больше года.",
        "Subsidiary protection, and each extension of it, lasts a year at most.",
    ),
    (
        "BR-66",
        "error",
        "Временное отсутствие называет дату выезда и ещё не закончилось.",
        "A temporary absence names the date of departure and is not over yet.",
    ),
    (
        "BR-67",
        "warning",
        "Отсутствие дольше года ждёт решения человека; само по себе оно ничего не прекращает.",
        "An absence of more than a year waits for a human decision; by itself it ends nothing.",
    ),
    (
        "BR-68",
        "warning",
        "Пересмотр назначен не позже окончания невысылки.",
        "A review is due not after the end of a non-removal.",
    ),
)
"""What is asked of every record (BR-01 to BR-29) and of each family (BR-20 to BR-28, BR-50 to BR-69)."""
