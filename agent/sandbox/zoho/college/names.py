"""Name parts that generated people are made of: (Latin letters, native script). Nobody real."""

from __future__ import annotations

from dataclasses import dataclass

Part = tuple[str, str]


@dataclass(frozen=True)
class Origin:
    """A language's name parts, and where its people's papers say they come from."""

    male: tuple[Part, ...]
    female: tuple[Part, ...]
    family: tuple[Part, ...]
    nationalities: tuple[str | None, ...]
    cities: tuple[str, ...]
    has_native_script: bool


def _parts(text: str) -> tuple[Part, ...]:
    pairs = (item.split("=") for item in text.split())
    return tuple((pair[0], pair[-1]) for pair in pairs)


ARABIC = Origin(
    male=_parts(
        "Ahmad=أحمد Yousef=يوسف Omar=عمر Khaled=خالد Hassan=حسن Karim=كريم Tariq=طارق Bilal=بلال "
        "Sami=سامي Nabil=نبيل Faris=فارس Ziad=زياد Rami=رامي Anas=أنس Walid=وليد Mahmoud=محمود"
    ),
    female=_parts(
        "Layla=ليلى Noor=نور Fatima=فاطمة Huda=هدى Salma=سلمى Rania=رانيا Yasmin=ياسمين Dina=دينا "
        "Amal=أمل Mariam=مريم Samar=سمر Lina=لينا Hanan=حنان Aya=آية Ruba=ربى Zainab=زينب"
    ),
    family=_parts(
        "Haddad=حداد Nassar=نصار Khalil=خليل Saleh=صالح Darwish=درويش Qasim=قاسم Mansour=منصور "
        "Sabbagh=صباغ Najjar=نجار Hamdan=حمدان Shaheen=شاهين Barakat=بركات Awad=عوض Jaber=جابر "
        "Suleiman=سليمان Abdulrahman=عبدالرحمن"
    ),
    nationalities=("Algeria", "Algeria", None),
    cities=("Algiers", "Oran", "Istanbul"),
    has_native_script=True,
)
TURKISH = Origin(
    male=_parts(
        "Mehmet=Mehmet Emre=Emre Cagri=Çağrı Ismail=İsmail Gokhan=Gökhan Umit=Ümit Baris=Barış "
        "Oguz=Oğuz Kadir=Kadir Tugrul=Tuğrul Isik=Işık Sinan=Sinan Tolga=Tolga Kerem=Kerem"
    ),
    female=_parts(
        "Ayse=Ayşe Cagla=Çağla Gul=Gül Ipek=İpek Sule=Şule Ozge=Özge Busra=Büşra Elif=Elif "
        "Nilufer=Nilüfer Zeynep=Zeynep Tugba=Tuğba Irmak=Irmak Defne=Defne Sevgi=Sevgi"
    ),
    family=_parts(
        "Yildiz=Yıldız Ozturk=Öztürk Sahin=Şahin Celik=Çelik Gunes=Güneş Aydin=Aydın Kilic=Kılıç "
        "Dogan=Doğan Koc=Koç Arslan=Arslan Polat=Polat Erdogdu=Erdoğdu Cetin=Çetin Unal=Ünal Tas=Taş"
    ),
    nationalities=(None,),
    cities=("Istanbul", "İzmir", "Çanakkale"),
    has_native_script=True,
)
ENGLISH = Origin(
    male=_parts("James Oliver Henry Arthur Samuel Thomas Daniel Edward Jack Leo Adam Callum"),
    female=_parts("Emily Charlotte Grace Alice Hannah Lucy Sophie Amelia Ruby Chloe Megan Eve"),
    family=_parts(
        "Miller Carter O'Brien Bennett Walsh D'Arcy Hughes Fletcher Morgan Reid Smith-Jones Barker "
        "Ellis Porter"
    ),
    nationalities=("Anguilla", "Antigua and Barbuda", None),
    cities=("London", "Leeds", "Istanbul"),
    has_native_script=False,
)
ORIGINS = (ARABIC, TURKISH, ENGLISH)
WEIGHTS = (50, 35, 15)
