"""Given names that are one name in several languages: data, one line a name, spelt as passports have them.

Only whole-language equivalents that transliteration cannot find stand here (Mikalai and Nikolai), and no
pet names: a register does not hold them. The spellings are common knowledge of the languages concerned.
"""

from __future__ import annotations

from typing import Final

EQUIVALENTS: Final = """
николай мікалай микола mikalai nikolai nicolae niqolay mykola
ольга вольга volha olga olha
геннадий генадзь генадій henadz gennady gennadii hennadii
алексей аляксей олексій aliaksei aleksei oleksii alexei alexey
александр аляксандр олександр aliaksandr aleksandr oleksandr alexandru iskandar алесь
александра аляксандра олександра aliaksandra aleksandra oleksandra
дмитрий дзмітрый дмитро dzmitry dmitrii dmitry dmytro dumitru
андрей андрэй андрій andrei andrii andriy
владимир уладзімір володимир uladzimir vladimir volodymyr
владислав уладзіслаў владислав uladzislau vladislav vladyslav
всеволод усевалад usevalad vsevolod
сергей сяргей сергій siarhei sergei serhii serghei սերգեյ
михаил міхаіл михайло mikhail mykhailo mihail միքայել mikayel mikael
евгений яўген євген yauhen evgenii yevhen eugen yauheni evgeny
евгения яўгенія євгенія yauheniya evgeniia yevheniia
елена алена олена alena elena olena yelena
анна ганна hanna anna ana աննա ანა
екатерина кацярына катерина katsiaryna ekaterina kateryna ecaterina yekaterina
татьяна таццяна тетяна tatsiana tatiana tetiana tatyana
светлана святлана світлана sviatlana svetlana svitlana
людмила людміла liudmila lyudmyla liudmyla ludmila
надежда надзея надія nadzeya nadezhda nadiia nadejda
любовь любоў lyubou liubov lyubov
вера вера віра vera vira
елизавета лізавета єлизавета elizaveta yelyzaveta lizaveta elizabeth elisabeta ელისაბედ եղիսաբեթ
ефим яўхім юхим efim yefim yauhim yukhym iukhym
хосров хусрав құсрау хұсрау хисрав khosrov khusrav xosrov xusrav
ирина ірына iryna irina
юлия юлія yuliya iuliia iulia juliya
наталья наталля наталія natallia natalia nataliia natalya
оксана аксана aksana oksana
антон антон anton
пётр пятро петро petr petro piotr petru pyotr
павел павел павло pavel pavlo
иван іван иван ivan ion ioan
григорий рыгор григорій ryhor grigorii hryhorii grigore grigori գրիգոր grigor
георгий юрый georgii heorhii gheorghe giorgi գևորգ gevorg გიორგი
юрий юрый юрій iurii yury yurii iurie
василий васіль василь vasilii vasil vasyl vasile բարսեղ barsegh basil
фёдор фёдар федір fedor fiodar fedir fiodor teodor
степан сцяпан stepan stsiapan stefan ștefan ստեփան
константин канстанцін костянтин konstantin kanstantsin kostiantyn constantin
игорь ігар ігор igor ihar ihor
олег алег oleg aleh oleh
роман раман roman raman
тарас тарас taras
виктор віктар віктор viktor viktar victor
виталий віталь віталій vitalii vital vitaly
валентин валянцін valentin valiantsin valentyn
валентина валянціна valentina valiantsina valentyna
никита мікіта микита nikita mikita mykyta
матвей мацвей матвій matvei matsvei matvii
максим максім maksim maksym maxim
артём арцём артем artem artsiom artiom
тимофей цімафей тимофій timofei tsimafei tymofii
кирилл кірыл кирило kirill kiryl kyrylo chiril
иосиф іосіф йосип iosif yosip iosip yusuf юсуф юсиф yusif հովսեփ hovsep joseph იოსებ юсіп жүсіп
яков якаў яків iakov yakau yakiv iacob hakob հակոբ акоб
илья ілья ілля ilia ilya illia ilie
мария марыя марія maria mariia maryia մարիամ mariam
марина марына maryna marina
галина галіна галина halina galina halyna
лариса ларыса larisa larysa
мухаммад мухаммед магомед muhammad mohammad muhammed məhəmməd mahammad мұхаммед muhammet mohammed
ахмад ахмед ahmad ahmed əhməd axmad ahmet ахмет
махмуд mahmud makhmud маҳмуд mahmoud maxmud
али эли əli ali ally
хасан асан гасан hasan həsən xasan ҳасан hassan khasan
хусейн гусейн усен үсен құсайын хусайн ҳусейн huseyn hüseyn husein xusan husayn hussein khusein
ибрагим иброхим ибраҳим ibrohim ibragim ibrahim İbrahim
исмаил исмоил ismoil ismail İsmayıl ismayil
юнус юнис yunus yunis жүніс
сулейман сулаймон suleiman sulaymon süleyman suleyman
абдулла абдулло abdulla abdullo abdullah абдылда
абдурахман абдурахмон абдураҳмон abdurahmon abdurakhman abdurrahman əbdürrəhman
рахман рахмон раҳмон rahmon rahman rakhmon
рустам рустем rustam rüstəm rustem
тимур темур темір temur timur teymur
рашид решид rashid rəşid reshid
саид сеид саййид said səid sayid sayyid seyid
фатима фотима патима fatima fotima fatma fatime
айша ойша aisha oysha aişe ayşə aysha
зайнаб зейнаб zaynab zeynab zeynəb
лейла лайло лайла leyla laylo laila
гульнара гулнора gulnora gulnara gülnarə gulnar
мадина мәдина madina mədinə medine
хадича хадиджа хатиджа xadicha khadija xədicə hatice
амина омина amina əminə omina
фарида farida fəridə faride
азиз əziz aziz
камал камол kamol kamal kəmal kemal
жамал джамал жамол чамол jamol jamal camal djamal ҷамол
джахангир жахонгир жангир ҷаҳонгир jahongir cahangir djakhangir
бахтияр бахтиёр bakhtiyar baxtiyor bəxtiyar bahtiyar
шахназ шаҳноз shahnoz shakhnaz şahnaz
ованнес овванес հովհաննես hovhannes ovannes hovannes
арутюн հարություն harutyun arutyun harutiun
грант հրանտ hrant grant
тигран տիգրան tigran
карапет կարապետ karapet garabed
давид დავითი davit david davud давуд довуд դավիթ
тамара თამარ tamar tamara թամարա
нино ნინო nino nina нина ніна
"""
