"""Words from which historical people are made: common knowledge of English history and geography, no register."""

from __future__ import annotations

from typing import Final

MEN: Final = """
john johnny jack jean johann johannes giovanni juan jan hans sean ian iain joannes
william bill will billy wilhelm willem guillaume guglielmo guillermo willie liam
thomas tom tommy thom tomas tommaso
george georg georges giorgio jorge jerzy
james jim jimmy jacobus jacques giacomo jaime hamish jamie jacob
charles charlie karl carl carlos carlo chas karel
henry harry hal heinrich henri enrico enrique hendrik
robert bob rob robin bobby roberto rupert robertus
edward ned ted eddie edouard eduard eduardo edoardo teddy
richard dick rick richie ricardo riccardo rikard
joseph joe josef jose giuseppe joey jozef
frederick fred freddie friedrich federico frederic frederik fritz
francis frank francois francesco francisco franz frans
arthur artur arturo art
alfred alf alfredo fred
walter wat walt gualtiero wouter
samuel sam sammy samuele
david dave davy davide dafydd
albert bert alberto albrecht
alexander alex sandy alexandre alessandro alejandro alasdair
andrew andy andreas andre andrea andres anders
peter pete pierre pietro pedro petrus piers
edmund edmond ned edmundo
philip phil philippe felipe filippo phillip
hugh hugo hughie huw hugues
daniel dan danny daniele
michael mike mick michel miguel michele mikhail
benjamin ben benny beniamino
stephen steve steven stefan etienne esteban stephan
herbert bert herb heriberto
ernest ernie ernst ernesto
harold harry harald
percy percival perceval
matthew matt matthias matthieu mateo matteo
patrick pat paddy patricio padraig
lewis louis ludwig luis luigi lou
christopher chris kit christoph cristobal christophe
nicholas nick nicolas nikolaus nicola colin
anthony tony antoine antonio anton
martin martyn marten martino
ralph rafe raoul radulf
augustus gus august auguste augusto
reginald reg reggie reinhold rex
sidney sid sydney
leonard len leonardo lennie leonhard
lawrence laurence larry laurent lorenzo lars
oliver ollie olivier noll
hector ector
archibald archie archy
gilbert gil gilberto
roger rodger ruggero rogelio
simon simeon simone
theodore theo teodoro theodor
isaac isaak ike
jonathan jon jonathon
nathaniel nat nathanael nate
joshua josh josue
adam adamo
cecil cecilio
horace horatio orazio
bernard bernhard bernardo barney
victor vittorio viktor vic
vincent vincenzo vicente vince
eustace eustache
humphrey humphry
geoffrey jeffrey godfrey gottfried
maurice morris moritz maurizio
evan ieuan
owen owain
rees rhys
llewelyn llywelyn
duncan donnchadh
donald don domhnall
kenneth ken
malcolm
angus
murdoch
cuthbert
clement
ambrose
barnaby
basil
claude
clifford cliff
cyril
denis dennis
douglas doug
eric erik
felix
fitzroy
graham graeme
harcourt
jasper caspar
josiah
julian julius
lancelot
luke lucas
mark marcus
miles myles
montague monty
noel
norman norm
oswald
paul pablo paolo
quentin
randolph
rowland roland
rufus
septimus
silas
spencer
sylvester
tobias toby
valentine
vernon
wilfred wilfrid
zachary
"""

WOMEN: Final = """
mary molly polly marie maria maire mae marion
elizabeth eliza bess betty elisabeth isabel liz lizzie elsie beth
anne ann anna nan annie hannah
margaret maggie peggy marguerite meg greta margarita
jane jean janet joan jeanne giovanna
sarah sally sara sadie
catherine kate kitty katherine kathleen catalina katharina
frances fanny francesca francoise
charlotte lottie carlotta
emily emilie emilia
alice alicia alix
florence flora flo
helen ellen eleanor nell helene elena
harriet hattie henrietta
dorothy dolly dorothea dot
caroline carrie carolina
louisa louise luisa lou
martha patty marthe
rebecca becky
susan susanna sue suzanne
agnes ines
edith edie
ethel
grace gracia
julia juliet giulia
lucy lucia lucie
matilda maud tilly mathilde
rose rosa rosie
ada adela
amelia amelie
beatrice bea beatrix
constance connie
"""

SURNAMES: Final = """
smith jones williams taylor davies brown wilson evans thomas johnson roberts walker wright robinson thompson
white hughes edwards green lewis wood harris martin jackson clarke clark turner hill cooper morris ward moore
watson harrison king baker morgan allen james scott ellis bennett young davis parker griffiths price shaw cook
richardson marshall collins carter bailey gray murphy miller cox adams richards wilkinson murray graham kelly
foster barnes stewart mitchell kennedy webb palmer stevens hamilton campbell mason hunt butler mills rogers
simpson fraser russell elliott lloyd knight stone ford walsh ross fisher dixon harvey armstrong jenkins
ferguson perry burton berry lane lawrence howard fletcher grant hart hawkins gordon warren spencer cole
payne chambers pearson reid hudson henderson duncan wallace atkinson matthews crawford cunningham
"""

VARIANTS: Final = """
smith smyth smythe schmidt
clark clarke clerk
brown browne braun
taylor tayler
johnson johnston johnstone
thompson thomson
davies davis
stewart stuart steuart
reid read reade reed
allen allan alan
harris harries
matthews mathews
phillips philips
elliott elliot eliot
gray grey
wood woods
moore moor more
price pryce
lloyd loyd floyd
shaw shawe
cook cooke
green greene
stephens stevens
philipps phillipps
white whyte
"""

STARTS: Final = """
ash back bar beck black blen bos brad bram brank brom burn cald carl chat chel chur clay cold con cope crom
dal den der dun east el farn fen fos gar glen gold gran grim hal ham har hath hay hazel hen hol horn hux
ing kel ken kil kirk lan lang lead leigh lin long lud mar mel mid mor nether new nor oak or pem pen plum
pres rad ran red rich rip rock ros rush rut sal sand sed shel sher short sil sim south stan stap stock
stod strat sud sut thorn til tod tre tur wad wal war wat wes whit wick wil win wood wors wych yard
"""

ENDS: Final = """
bury by combe cott croft dale den don field ford gate grave ham hurst ingham ington land ley low man mer mond
more ner ney over rick ridge shaw side stead ster stone thorpe ton tree wade wald wall ward way well wick
win wood worth
"""

COUNTIES: Final = """
london devon kent surrey essex sussex norfolk suffolk cornwall dorset somerset wiltshire hampshire berkshire
lancashire yorkshire cheshire derbyshire nottinghamshire lincolnshire leicestershire warwickshire
gloucestershire worcestershire shropshire herefordshire oxfordshire buckinghamshire hertfordshire
cambridgeshire durham northumberland cumberland edinburgh glasgow aberdeen dundee cardiff swansea belfast
dublin manchester liverpool birmingham leeds sheffield bristol bradford newcastle nottingham leicester
"""

OCCUPATIONS: Final = """
politician cricketer painter writer lawyer engineer architect clergyman military_officer botanist poet physician
association_football_player journalist actor businessperson explorer composer diplomat naval_officer historian
priest photographer sculptor geologist mathematician chemist novelist surgeon translator physicist
rugby_union_player astronomer judge banker zoologist entomologist missionary archaeologist economist
illustrator publisher organist musician philosopher theologian naturalist engraver golfer tennis_player
inventor merchant landowner teacher librarian printer playwright singer barrister antiquarian
"""

AREAS: Final = """
al b ba bb bd bh bl bn br bs ca cb cf ch cm co cr ct cv cw da dd de dh dl dn dt dy e ec eh en ex fk fy g gl gu
ha hd hg hp hr hu hx ig ip iv ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np nr nw ol ox pa pe
ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn
wr ws wv yo
"""


def groups(text: str) -> list[list[str]]:
    """One list of spellings a line."""
    return [line.split() for line in text.strip().splitlines()]
