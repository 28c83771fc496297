"""What people call places whose time zone goes by another name: cities, countries, abbreviations. Data only.

The zone database names each zone after one city and lists countries; what is here fills in the rest for the places people
are likely to type. Names are lower case without accents. Abbreviations lead to the zone a group there would choose, not to the
fixed offset of the same name: a group on "EST" wants New York's clock, summer time included.
"""

from __future__ import annotations

from collections.abc import Mapping

COMMON = (
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "America/Chicago",
    "America/Denver",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Amsterdam",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Toronto",
    "America/Vancouver",
    "America/Sao_Paulo",
    "Europe/Madrid",
    "Europe/Dublin",
    "Europe/Zurich",
    "Europe/Stockholm",
    "Europe/Warsaw",
    "Europe/Lisbon",
    "Europe/Rome",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Asia/Dubai",
    "UTC",
    "Europe/Kyiv",
    "Europe/Moscow",
    "Asia/Jerusalem",
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Seoul",
    "Asia/Jakarta",
    "Asia/Manila",
    "Asia/Karachi",
    "Asia/Ho_Chi_Minh",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Africa/Johannesburg",
    "Africa/Cairo",
    "America/Mexico_City",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Santiago",
    "Australia/Melbourne",
    "Australia/Brisbane",
    "Australia/Perth",
    "Australia/Adelaide",
    "Pacific/Auckland",
    "America/Phoenix",
    "America/Halifax",
    "America/Edmonton",
    "America/Winnipeg",
    "America/Anchorage",
    "Pacific/Honolulu",
)
"""Zones most groups live in. They are shown before anything is typed, and come first among equals."""

_STATES = "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Anchorage Pacific/Honolulu"
_AUSTRALIA = (
    "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Perth Australia/Adelaide Australia/Darwin"
)

_CALLED = f"""
usa, us, america, united states: {_STATES}
eastern time, et, est, edt, east coast: America/New_York America/Toronto
central time, ct, cst, cdt: America/Chicago America/Winnipeg
mountain time, mt, mst, mdt: America/Denver America/Edmonton
pacific time, pt, pst, pdt, west coast: America/Los_Angeles America/Vancouver
boston, washington, dc, miami, atlanta, philadelphia, pittsburgh, charlotte, orlando, tampa, cleveland, columbus: America/New_York
baltimore, raleigh, brooklyn, manhattan, nyc, ny, florida, georgia usa, north carolina, virginia, massachusetts: America/New_York
dallas, houston, austin, san antonio, new orleans, nashville, minneapolis, milwaukee, st louis, kansas city: America/Chicago
memphis, oklahoma, texas, illinois, wisconsin, minnesota: America/Chicago
salt lake city, albuquerque, colorado, utah, boulder: America/Denver
san francisco, sf, seattle, san diego, san jose, las vegas, portland, sacramento, silicon valley, la: America/Los_Angeles
california, oregon, nevada, palo alto, oakland, bay area: America/Los_Angeles
arizona, tucson: America/Phoenix
alaska: America/Anchorage
hawaii, hst: Pacific/Honolulu
canada: America/Toronto America/Vancouver America/Edmonton America/Winnipeg America/Halifax America/Regina America/St_Johns
ontario, ottawa, quebec, waterloo: America/Toronto
british columbia, victoria bc: America/Vancouver
calgary, alberta: America/Edmonton
newfoundland: America/St_Johns
nova scotia: America/Halifax
mexico: America/Mexico_City America/Monterrey America/Tijuana America/Cancun
guadalajara, puebla: America/Mexico_City
brazil, brasil: America/Sao_Paulo America/Manaus America/Fortaleza America/Recife
rio, rio de janeiro, brasilia, belo horizonte, curitiba, porto alegre, brt: America/Sao_Paulo
argentina, art: America/Argentina/Buenos_Aires America/Argentina/Cordoba
medellin, cali: America/Bogota
quito: America/Guayaquil
chile, valparaiso: America/Santiago
uk, united kingdom, great britain, england, scotland, wales, northern ireland, gmt, bst: Europe/London
manchester, birmingham, edinburgh, glasgow, leeds, bristol, cardiff, cambridge, oxford, liverpool: Europe/London
ireland, cork, galway: Europe/Dublin
germany, deutschland, cet, cest, central european time, mez: Europe/Berlin
munich, muenchen, munchen, hamburg, frankfurt, cologne, koeln, koln, stuttgart, dusseldorf, duesseldorf, leipzig: Europe/Berlin
spain: Europe/Madrid Atlantic/Canary
barcelona, valencia, seville, malaga, bilbao: Europe/Madrid
canaries, canary islands, tenerife: Atlantic/Canary
lyon, marseille, toulouse, lille, nice, bordeaux, nantes: Europe/Paris
holland, the hague, rotterdam, utrecht, eindhoven: Europe/Amsterdam
antwerp, ghent: Europe/Brussels
milan, milano, turin, naples, florence, bologna: Europe/Rome
portugal, wet, west: Europe/Lisbon Atlantic/Azores
porto: Europe/Lisbon
geneva, basel, bern, lausanne, zuerich: Europe/Zurich
wien, graz, salzburg: Europe/Vienna
gothenburg, malmo: Europe/Stockholm
bergen, trondheim: Europe/Oslo
aarhus: Europe/Copenhagen
tampere, espoo: Europe/Helsinki
eet, eest: Europe/Helsinki Europe/Athens Europe/Bucharest Europe/Kyiv
krakow, wroclaw, gdansk, poznan: Europe/Warsaw
czechia, brno: Europe/Prague
cluj, iasi: Europe/Bucharest
thessaloniki: Europe/Athens
lviv, odesa, kharkiv: Europe/Kyiv
turkiye, ankara, izmir: Europe/Istanbul
russia, msk, st petersburg, saint petersburg: Europe/Moscow
abu dhabi, uae, gst: Asia/Dubai
jeddah, ksa: Asia/Riyadh
doha: Asia/Qatar
haifa: Asia/Jerusalem
india, ist, bangalore, bengaluru, mumbai, bombay, delhi, new delhi, chennai, hyderabad, pune, gurgaon, noida: Asia/Kolkata
ahmedabad, goa, kerala: Asia/Kolkata
lahore, islamabad, rawalpindi, pkt: Asia/Karachi
china, beijing, shenzhen, guangzhou, hangzhou, chengdu: Asia/Shanghai
hkt: Asia/Hong_Kong
sgt: Asia/Singapore
japan, jst, osaka, kyoto, yokohama: Asia/Tokyo
korea, south korea, kst, busan: Asia/Seoul
vietnam, hanoi, saigon, da nang, ict: Asia/Ho_Chi_Minh
indonesia, wib: Asia/Jakarta Asia/Makassar Asia/Jayapura
bandung, surabaya: Asia/Jakarta
bali: Asia/Makassar
cebu, philippines, pht: Asia/Manila
penang: Asia/Kuala_Lumpur
burma: Asia/Yangon
nigeria, wat, abuja: Africa/Lagos
eat, mombasa: Africa/Nairobi
south africa, sast, cape town, durban, pretoria: Africa/Johannesburg
alexandria: Africa/Cairo
morocco, rabat, marrakesh: Africa/Casablanca
kumasi: Africa/Accra
ivory coast: Africa/Abidjan
australia: {_AUSTRALIA}
aest, aedt, new south wales: Australia/Sydney Australia/Melbourne Australia/Brisbane
acst: Australia/Adelaide Australia/Darwin
awst: Australia/Perth
gold coast, queensland: Australia/Brisbane
new zealand, nz, nzst, nzdt, wellington, christchurch: Pacific/Auckland
samoa: Pacific/Apia Pacific/Pago_Pago
utc, z, zulu, universal time, coordinated universal time: UTC
"""


def _read(text: str) -> dict[str, tuple[str, ...]]:
    called: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        names, _, zones = line.partition(":")
        called.update(dict.fromkeys(names.split(", "), tuple(zones.split())))
    return called


CALLED: Mapping[str, tuple[str, ...]] = _read(_CALLED)
"""From what a place is called to its zones, the likeliest first."""
