"""Common given names of the region as two lists a language: how Russian papers and the home state write them.

The names are ordinary dictionary names; a person of the demo is a random combination of parts, so nobody
real is meant. The Russian form is first because Russian is the working language of the CIS (domain.md 1.3).
"""

from __future__ import annotations

from typing import Final

Pair = tuple[str, str]
"""Russian spelling and the spelling of the home language."""


def pairs(text: str) -> tuple[Pair, ...]:
    """Read `Russian/native` words; a word without a slash is written alike in both."""
    return tuple((russian, native or russian) for russian, _, native in (word.partition("/") for word in text.split()))


MEN: Final[dict[str, tuple[Pair, ...]]] = {
    "be": pairs(
        "Николай/Мікалай Алексей/Аляксей Сергей/Сяргей Андрей/Андрэй Дмитрий/Дзмітрый Владимир/Уладзімір "
        "Михаил/Міхаіл Павел Юрий/Юрый Виктор/Віктар Игорь/Ігар Олег/Алег Геннадий/Генадзь Евгений/Яўген "
        "Григорий/Рыгор Иван/Іван Александр/Аляксандр Виталий/Віталь Степан/Сцяпан Фёдор/Фёдар Кирилл/Кірыл "
        "Роман/Раман Артём/Арцём Василий/Васіль Анатолий/Анатоль"
    ),
    "ru": pairs(
        "Николай Алексей Сергей Андрей Дмитрий Владимир Михаил Павел Юрий Виктор Игорь Олег Геннадий Евгений "
        "Григорий Иван Александр Виталий Степан Фёдор Кирилл Роман Артём Василий Анатолий Пётр Семён Егор "
        "Вячеслав Ярослав Валентин Герман"
    ),
    "kk": pairs(
        "Асан Нурлан/Нұрлан Ержан Бауыржан Серик/Серік Кайрат/Қайрат Талгат/Талғат Жандос Ерболат "
        "Даурен/Дәурен Бекзат Алмас Канат/Қанат Мурат/Мұрат Азамат Жумабек/Жұмабек Куаныш/Қуаныш Санжар Арман "
        "Ильяс/Ілияс Галымжан/Ғалымжан Дастан Жасулан/Жасұлан Шынгыс/Шыңғыс Абзал Ауез/Әуез Омирбек/Өмірбек "
        "Уалихан/Уәлихан"
    ),
    "uz": pairs(
        "Уткир/Oʻtkir Ботир/Botir Жасур/Jasur Шерзод/Sherzod Алишер/Alisher Бахтиёр/Baxtiyor Дилшод/Dilshod "
        "Фарход/Farhod Гайрат/Gʻayrat Хуршид/Xurshid Илхом/Ilhom Камол/Kamol Нодир/Nodir Отабек/Otabek "
        "Рустам/Rustam Санжар/Sanjar Тохир/Tohir Улугбек/Ulugʻbek Шухрат/Shuhrat Элдор/Eldor Зафар/Zafar "
        "Анвар/Anvar Бобур/Bobur Абдулла/Abdulla Равшан/Ravshan Эркин/Erkin Тулкин/Toʻlqin "
        "Кахрамон/Qahramon Журабек/Joʻrabek"
    ),
    "ky": pairs(
        "Бакыт Азамат Нурбек Таалай Эрмек Улан Чынгыз Жаныбек Мирлан Кубанычбек Темирбек Талант Данияр Максат "
        "Уларбек Эркинбек Тологон/Төлөгөн Омурбек/Өмүрбек Суюнбек/Сүйүнбек Дуйшенбек/Дүйшөнбек Замир Канатбек "
        "Айбек Асан"
    ),
    "az": pairs(
        "Эльчин/Elçin Али/Əli Рашад/Rəşad Вугар/Vüqar Гусейн/Hüseyn Джавид/Cavid Тофик/Tofiq Фуад/Fuad "
        "Чингиз/Çingiz Шахин/Şahin Заур/Zaur Мехман/Mehman Низами/Nizami Октай/Oqtay Парвиз/Pərviz "
        "Самир/Samir Турал/Tural Умид/Ümid Эмин/Emin Кямран/Kamran Мурад/Murad Рауф/Rauf Садиг/Sadiq"
    ),
    "tg": pairs(
        "Фируз/Фирӯз Рустам Джамшед/Ҷамшед Сухроб/Суҳроб Далер Хуршед Зафар Парвиз Бахром/Баҳром Шариф Комрон "
        "Искандар Абдулло Навруз/Наврӯз Таджиддин/Тоҷиддин Кахрамон/Қаҳрамон Собир Умед Лоик/Лоиқ "
        "Гайбулло/Ғайбулло Сиёвуш Толиб Азиз"
    ),
    "hy": pairs(
        "Армен/Armen Арутюн/Harutyun Геворк/Gevorg Ованес/Hovhannes Тигран/Tigran Карен/Karen Давид/Davit "
        "Самвел/Samvel Ашот/Ashot Гагик/Gagik Левон/Levon Мкртич/Mkrtich Рубен/Ruben Сурен/Suren Акоп/Hakob "
        "Вардан/Vardan"
    ),
    "tk": pairs(
        "Мердан/Merdan Байрам/Baýram Довлет/Döwlet Какаджан/Kakajan Бегенч/Begenç Ораз/Oraz Чары/Çary "
        "Аман/Aman Ровшен/Röwşen Керим/Kerim"
    ),
    "ro": pairs(
        "Ион/Ion Василе/Vasile Андрей/Andrei Михаил/Mihail Николай/Nicolae Штефан/Ștefan Виктор/Victor "
        "Георгий/Gheorghe Думитру/Dumitru Сергей/Serghei"
    ),
}

WOMEN: Final[dict[str, tuple[Pair, ...]]] = {
    "be": pairs(
        "Ольга/Вольга Елена/Алена Татьяна/Таццяна Наталья/Наталля Светлана/Святлана Екатерина/Кацярына "
        "Анна/Ганна Юлия/Юлія Ирина/Ірына Мария/Марыя Людмила/Людміла Галина/Галіна Евгения/Яўгенія "
        "Виктория/Вікторыя Оксана/Аксана Анастасия/Анастасія Дарья/Дар'я Ксения/Ксенія Вера Алла/Ала "
        "Зинаида/Зінаіда Тамара Надежда/Надзея Любовь/Любоў Елизавета/Лізавета"
    ),
    "ru": pairs(
        "Ольга Елена Татьяна Наталья Светлана Екатерина Анна Юлия Ирина Мария Людмила Галина Евгения Виктория "
        "Оксана Анастасия Дарья Ксения Вера Алла Зинаида Тамара Надежда Любовь Елизавета Алёна Лилия Яна"
    ),
    "kk": pairs(
        "Айгуль/Айгүл Динара Гульнара/Гүлнар Жанар Алия/Әлия Асель/Әсел Куралай/Құралай Маржан Сауле/Сәуле "
        "Айнур/Айнұр Ботагоз/Ботакөз Карлыгаш/Қарлығаш Мадина/Мәдина Назгуль/Назгүл Раушан Толкын/Толқын "
        "Шолпан Жибек/Жібек Гаухар/Гауһар Салтанат Меруерт Камшат/Қамшат Айжан Индира Улжан/Ұлжан"
    ),
    "uz": pairs(
        "Гулнора/Gulnora Дилфуза/Dilfuza Зухра/Zuhra Ирода/Iroda Камола/Kamola Лола/Lola Малика/Malika "
        "Нигора/Nigora Озода/Ozoda Рано/Raʼno Севара/Sevara Умида/Umida Феруза/Feruza Хилола/Hilola "
        "Шахноза/Shahnoza Юлдуз/Yulduz Гузал/Goʻzal Барно/Barno Дилором/Dilorom Насиба/Nasiba "
        "Мухаббат/Muhabbat Угилой/Oʻgʻiloy Чарос/Charos Зилола/Zilola Мавлюда/Mavluda"
    ),
    "ky": pairs(
        "Айгуль/Айгүл Гульмира/Гүлмира Жылдыз Чолпон Бермет Назгуль/Назгүл Нургуль/Нургүл Айнура Мээрим "
        "Каныкей Сайкал Толгонай Элнура Бурул Ширин Зарина Бегимай Кундуз Турсунай Асылкан Жамиля/Жамийла Аида"
    ),
    "az": pairs(
        "Айтен/Aytən Гюльнар/Gülnar Джамиля/Cəmilə Зарифа/Zərifə Лейла/Leyla Наргиз/Nərgiz Севиндж/Sevinc "
        "Тарана/Təranə Ульвия/Ülviyyə Фидан/Fidan Хатира/Xatirə Шабнам/Şəbnəm Эльмира/Elmira Айгюн/Aygün "
        "Конуль/Könül Рена/Rəna Самира/Samirə Вусаля/Vüsalə Гюнель/Günel Нигяр/Nigar Парвана/Pərvanə "
        "Солмаз/Solmaz Ягут/Yaqut"
    ),
    "tg": pairs(
        "Зарина Мехри/Меҳрӣ Нигина Шахло/Шаҳло Фарзона Мадина Парвина Гулчехра/Гулчеҳра Мавзуна Ситора "
        "Тахмина/Таҳмина Рухшона Дилором Мухаббат/Муҳаббат Зебо Хадича/Хадиҷа Лайло Ойгул Сайёра"
    ),
    "hy": pairs(
        "Ануш/Anush Лусине/Lusine Гаяне/Gayane Нарине/Narine Сирануш/Siranush Рипсиме/Hripsime Ани/Ani "
        "Мариам/Mariam Армине/Armine Арпине/Arpine Шушан/Shushan Анаит/Anahit"
    ),
    "tk": pairs(
        "Айна/Aýna Гозель/Gözel Энеш/Eneş Майса/Maýsa Джерен/Jeren Огулгерек/Ogulgerek Тязегуль/Täzegül "
        "Огулджан/Oguljan"
    ),
    "ro": pairs(
        "Елена/Elena Мария/Maria Анна/Ana Наталья/Natalia Людмила/Ludmila Виорика/Viorica Родика/Rodica "
        "Диана/Diana Анжела/Angela Дойна/Doina"
    ),
}
