"""The parts of which names of the region are made, as Russian papers and the home state write them.

Family names of the region mostly come from given names, and Turkic and Persian given names from two words;
so a few lists give tens of thousands of names with the long tail that real ones have. Nobody real is meant.
"""

from __future__ import annotations

from typing import Final

from gateway.demo.given_names import Pair, pairs

HEADS: Final[dict[str, tuple[Pair, ...]]] = {
    "uz": pairs(
        "Абду/Abdu Мамат/Mamat Турди/Turdi Эш/Esh Хол/Xol Нор/Nor Кул/Qul Бой/Boy Нур/Nur Хайит/Hayit Рахмат/Rahmat "
        "Худой/Xudoy Ислом/Islom Ёр/Yor Тош/Tosh Шо/Sho Дуст/Doʻst Мир/Mir Али/Ali Бек/Bek Гул/Gul Дил/Dil Жум/Jum "
        "Зиё/Ziyo Ибод/Ibod Каландар/Qalandar Маъруф/Maʼruf Ниёз/Niyoz Ортик/Ortiq Пирим/Pirim "
        "Сафар/Safar Тилла/Tilla "
        "Уроз/Oʻroz Чори/Chori Шер/Sher Эр/Er Юсуп/Yusup Ходжа/Xoʻja Гайбулла/Gʻaybulla"
    ),
    "kk": pairs(
        "Нур/Нұр Жан Бай Кул/Құл Ер Тулеген/Төлеген Омир/Өмір Кенже Жаксы/Жақсы Сагын/Сағын Турсын/Тұрсын Есен "
        "Аман Сей/Сей Бек Дос Орын Кайыр/Қайыр Мырза Алды Сарсен/Сәрсен Куат/Қуат Тас Жол Мадени/Мәдени Абил/Әбіл "
        "Аблай/Абылай Кара/Қара Айт Бейсен Дуйсен/Дүйсен Ибра/Ибра Кози/Қозы Ораз Рахым Сабыр "
        "Умбет/Үмбет Шал Ыскак/Ысқақ"
    ),
    "ky": pairs(
        "Нур Кадыр Мамыр Темир Орозо Жээн Кубан Тургун Бейше Ысман/Ысман Калы Эсен Болот Асыл Жолдош Карагул Мырза "
        "Шайлоо Токто Сапар Абды Акмат Доолот/Дөөлөт Эркин Чоко Байыш Кыдыр Маамыт Сыргак Тынай "
        "Осмон Жусуп Келди Барпы"
    ),
    "tg": pairs(
        "Абду Нур Мир Шо Хол Гул Дил Рахмат/Раҳмат Сайид Худо/Худо Назар Курбон/Қурбон Давлат Зафар Имом Карим Мирзо "
        "Пир Сафар Содик/Содиқ Файз Хаким/Ҳаким Шариф Юсуф Ёр Азиз Бобо Гаффор/Ғаффор Кодир/Қодир "
        "Махмад/Маҳмад Одина "
        "Раджаб/Раҷаб Тагой/Тағой Ходжа/Хоҷа Джума/Ҷума"
    ),
    "az": pairs(
        "Мамед/Məmməd Гусейн/Hüseyn Али/Əli Мир/Mir Ага/Ağa Шах/Şah Нур/Nur Хан/Xan Аббас/Abbas "
        "Имам/İmam Наджаф/Nəcəf "
        "Джафар/Cəfər Садыг/Sadıq Гурбан/Qurban Алла/Allah Эй/Ey Фарзали/Fərzəli Бахш/Bəxş "
        "Салман/Salman Ибад/İbad Рза/Rza "
        "Зульфугар/Zülfüqar Тагы/Tağı Мурад/Murad Гамза/Həmzə Керим/Kərim Мухтар/Muxtar Ахвер/Əhvər Гейдар/Heydər"
    ),
    "tk": pairs(
        "Анна/Anna Ораз/Oraz Гельды/Geldi Байрам/Baýram Довлет/Döwlet Хан/Han Гурбан/Gurban "
        "Нур/Nur Аман/Aman Берды/Berdi "
        "Мухаммет/Muhammet Сапар/Sapar Тач/Täç Ата/Ata Ходжа/Hoja Чары/Çary Реджеп/Rejep "
        "Язмурад/Ýazmyrat Какаджан/Kakajan"
    ),
}  # fmt: skip
"""Tradition to the words that begin a name."""

TAILS: Final[dict[str, tuple[Pair, ...]]] = {
    "uz": pairs(
        "бек/bek жон/jon кул/qul мурод/murod бой/boy али/ali назар/nazar хон/xon берди/berdi дин/din ходжа/xoʻja "
        "матали/matali мирза/mirzo сафар/safar ёр/yor улла/ulla рахим/rahim"
    ),
    "kk": pairs(
        "бек бай жан гали/ғали кул/құл мурат/мұрат хан тай болат назар берген кельды/келді "
        "мухамбет/мұхамбет сеит/сейіт "
        "таза газы/ғазы адил/әділ"
    ),
    "ky": pairs("бек бай кул алы мат жан кан берди мырза назар тай болот сары казы калый"),
    "tg": pairs("шо али джон/ҷон хон мурод назар хуча/хӯҷа улло бек ёр бой дин саид рахим/раҳим"),
    "az": pairs("али/əli гусейн/hüseyn кули/qulu ага/ağa бек/bəy хан/xan верди/verdi яр/yar заде/zadə баба/baba"),
    "tk": pairs(
        "мурад/myrat гельды/geldi кули/guly берды/berdi дурды/durdy ходжа/hoja ниязы/nyýaz хан/han "
        "мамет/mämmet"
    ),
}  # fmt: skip
"""Tradition to the words that end a name."""

WOMEN_HEADS: Final = pairs("Гул/Gul Ой/Oy Нур/Nur Дил/Dil Зар/Zar Мох/Moh Хур/Hur Зеб/Zeb Ширин/Shirin Шах/Shah")
WOMEN_TAILS: Final = pairs(
    "нора/nora бахор/bahor сара/sara чехра/chehra нигор/nigor ой/oy зода/zoda дона/dona рух/ruh парвар/parvar хон/xon"
)
"""Women's names of two words that Uzbek, Tajik and Turkmen papers have in common; the home form is Uzbek."""

SLAVIC_ROOTS: Final = pairs(
    "Баран Бобров Богдан Борис Булат Буран Власен Вербиц Глазун Голуб Горбат Гранат Данил "
    "Дубров Евдоким Емельян Ефим Жилин "
    "Заболоц Захар Зимин Игнат Казак Калин Кирил Клим Кондрат Костюч Кравц Кузьм Лавр Лазар "
    "Леон Лукаш Макар Максим Малах "
    "Марк Мартын Матве Мирон Назар Наум Нестер Осип Панас Пахом Пилип Прокоп Рудак Савел "
    "Самсон Свирид Селиван Сидор Стасюк "
    "Субот Тарас Терент Тимох Трофим Устин Федос Филат Фома Харит Хвощ Черныш Чумак Шаповал "
    "Шелест Шульг Щерба Юхнов Ярош "
    "Бажан Вакул Гайдам Дорош Жегал Зварыч Исач Котляр Лисов Муравь Невер Олейн Позняк Ревун "
    "Стрельц Тищ Ульян Цыган Чайк"
)
"""Roots of Russian and Belarusian family names, without an ending."""
SLAVIC_ENDINGS: Final[dict[str, tuple[Pair, ...]]] = {
    "ru": pairs("ов ев ин енко ский ович кин еев цев ников"),
    "be": pairs("ов/аў ев/еў ин/ін енко/енка ский/скі евич/евіч ович/овіч ук ко/ка чик/чык ец"),
}
ARMENIAN: Final = pairs(
    "Арам/Aram Вазген/Vazgen Грант/Hrant Нарек/Narek Эдгар/Edgar Артур/Artur Саркис/Sargis "
    "Григор/Grigor Погос/Poghos "
    "Петрос/Petros Степан/Stepan Мартирос/Martiros Аветис/Avetis Казар/Ghazar Аршак/Arshak "
    "Ваган/Vahan Хачатур/Khachatur "
    "Мелик/Melik Барсег/Barsegh Закар/Zakar Симон/Simon Минас/Minas Манук/Manuk Асатур/Asatur Бабкен/Babken "
    "Грачья/Hrachya Мушег/Mushegh Ованнес/Hovhannes Торос/Toros Галуст/Galust Мкртич/Mkrtich "
    "Нерсес/Nerses Егиазар/Yeghiazar "
    "Мовсес/Movses Арутюн/Harutyun Тадевос/Tadevos Киракос/Kirakos Вардан/Vardan Смбат/Smbat "
    "Рубен/Ruben Геворк/Gevorg"
)
MOLDOVAN: Final = pairs(
    "Ион/Ion Думитр/Dumitr Георг/Gheorgh Андре/Andre Штефан/Ștefan Мунтян/Muntean Стан/Stan "
    "Негр/Negr Круч/Cruc Бэлан/Bălan "
    "Драг/Drag Флор/Flor Григор/Grigor Илие/Ilie Лупаш/Lupaș Мардар/Mardar Олар/Olar Пырв/Pîrv "
    "Рошк/Roșc Сырб/Sîrb Тэбырц/Tăbîrț "
    "Вылк/Vîlc Захар/Zahar Кожок/Cojoc Диакон/Diacon Гроз/Groz Братч/Bratc Тимофт/Timoft Якоб/Iacob Чорб/Ciorb"
)
MOLDOVAN_ENDINGS: Final = pairs("еску/escu ару/aru ан/an уца/uța ой/oi яну/eanu")

PLACES: Final[dict[str, tuple[Pair, ...]]] = {
    "UZB": pairs(
        "Ташкент/Toshkent Самарканд/Samarqand Бухара/Buxoro Фергана/Fargʻona Наманган/Namangan "
        "Андижан/Andijon "
                 "Коканд/Qoʻqon Карши/Qarshi Термез/Termiz Навои/Navoiy Ургенч/Urganch Джизак/Jizzax "
                 "Гулистан/Guliston"),
    "TJK": pairs("Душанбе Худжанд/Хуҷанд Куляб/Кӯлоб Бохтар Истаравшан Вахдат/Ваҳдат Турсунзаде/Турсунзода Исфара "
                 "Пенджикент/Панҷакент Хорог/Хоруғ"),
    "KGZ": pairs("Бишкек Ош Джалал-Абад/Жалал-Абад Каракол Токмок Нарын Талас Узген/Өзгөн Баткен Кара-Балта"),
    "KAZ": pairs(
        "Алматы Астана Шымкент Актобе/Ақтөбе Караганда/Қарағанды Тараз Павлодар Семей Атырау "
        "Кызылорда/Қызылорда "
                 "Уральск/Орал Костанай/Қостанай Туркестан/Түркістан"),
    "AZE": pairs(
        "Баку/Bakı Гянджа/Gəncə Сумгаит/Sumqayıt Мингечаур/Mingəçevir Ленкорань/Lənkəran Шеки/Şəki "
        "Куба/Quba "
                 "Нахичевань/Naxçıvan Евлах/Yevlax"),
    "BLR": pairs("Минск/Мінск Гомель Могилёв/Магілёў Витебск/Віцебск Гродно/Гродна Брест/Брэст Бобруйск/Бабруйск "
                 "Барановичи/Баранавічы Борисов/Барысаў Пинск/Пінск"),
    "RUS": pairs(
        "Москва Казань Самара Саратов Оренбург Омск Томск Тюмень Уфа Астрахань Волгоград "
        "Новосибирск Екатеринбург "
                 "Пермь Воронеж Краснодар"),
    "ARM": pairs(
        "Ереван/Yerevan Гюмри/Gyumri Ванадзор/Vanadzor Абовян/Abovyan Капан/Kapan Армавир/Armavir "
        "Артик/Artik"
    ),
    "TKM": pairs(
        "Ашхабад/Aşgabat Туркменабад/Türkmenabat Дашогуз/Daşoguz Мары/Mary Балканабад/Balkanabat "
        "Теджен/Tejen"
    ),
    "MDA": pairs("Кишинёв/Chișinău Бельцы/Bălți Кагул/Cahul Унгены/Ungheni Сороки/Soroca Орхей/Orhei Комрат/Comrat"),
}  # fmt: skip
"""Citizenship to the towns its citizens are born in, the large ones first."""
