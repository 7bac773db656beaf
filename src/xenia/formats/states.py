"""Which state or organisation a three-letter code of a travel document names.

ISO 3166-1 alpha-3 (249 codes, as of February 2024) and the codes that ICAO adds to it. A code that is
not here is unknown, not forbidden: `standing` says which of the three it is, callers only warn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["state", "citizens", "organisation", "person", "specimen"]
Standing = Literal["known", "deprecated", "unknown"]


@dataclass(frozen=True)
class State:
    """One code. `code`: as in the MRZ without filler (`D`, `UTO`); `alpha2`: `""` where there is none.

    `kind`: `state` (or territory), `citizens` (a class of British nationals), `organisation`,
    `person` (without a defined nationality), `specimen` (Utopia). `deprecated`: in old documents only.
    """

    code: str
    alpha2: str
    name: str
    kind: Kind = "state"
    deprecated: bool = False


# Source: ISO 3166-1 as of ISO/TC 46 N1127 (2024-02-29); English names after tzdata's iso3166.tab (public domain).
_ISO = """
ABW AW Aruba
AFG AF Afghanistan
AGO AO Angola
AIA AI Anguilla
ALA AX Åland Islands
ALB AL Albania
AND AD Andorra
ARE AE United Arab Emirates
ARG AR Argentina
ARM AM Armenia
ASM AS American Samoa
ATA AQ Antarctica
ATF TF French Southern Territories
ATG AG Antigua and Barbuda
AUS AU Australia
AUT AT Austria
AZE AZ Azerbaijan
BDI BI Burundi
BEL BE Belgium
BEN BJ Benin
BES BQ Bonaire, Sint Eustatius and Saba
BFA BF Burkina Faso
BGD BD Bangladesh
BGR BG Bulgaria
BHR BH Bahrain
BHS BS Bahamas
BIH BA Bosnia and Herzegovina
BLM BL Saint Barthélemy
BLR BY Belarus
BLZ BZ Belize
BMU BM Bermuda
BOL BO Bolivia
BRA BR Brazil
BRB BB Barbados
BRN BN Brunei
BTN BT Bhutan
BVT BV Bouvet Island
BWA BW Botswana
CAF CF Central African Republic
CAN CA Canada
CCK CC Cocos (Keeling) Islands
CHE CH Switzerland
CHL CL Chile
CHN CN China
CIV CI Côte d'Ivoire
CMR CM Cameroon
COD CD Democratic Republic of the Congo
COG CG Congo
COK CK Cook Islands
COL CO Colombia
COM KM Comoros
CPV CV Cabo Verde
CRI CR Costa Rica
CUB CU Cuba
CUW CW Curaçao
CXR CX Christmas Island
CYM KY Cayman Islands
CYP CY Cyprus
CZE CZ Czechia
DEU DE Germany
DJI DJ Djibouti
DMA DM Dominica
DNK DK Denmark
DOM DO Dominican Republic
DZA DZ Algeria
ECU EC Ecuador
EGY EG Egypt
ERI ER Eritrea
ESH EH Western Sahara
ESP ES Spain
EST EE Estonia
ETH ET Ethiopia
FIN FI Finland
FJI FJ Fiji
FLK FK Falkland Islands
FRA FR France
FRO FO Faroe Islands
FSM FM Micronesia
GAB GA Gabon
GBR GB United Kingdom
GEO GE Georgia
GGY GG Guernsey
GHA GH Ghana
GIB GI Gibraltar
GIN GN Guinea
GLP GP Guadeloupe
GMB GM Gambia
GNB GW Guinea-Bissau
GNQ GQ Equatorial Guinea
GRC GR Greece
GRD GD Grenada
GRL GL Greenland
GTM GT Guatemala
GUF GF French Guiana
GUM GU Guam
GUY GY Guyana
HKG HK Hong Kong
HMD HM Heard Island and McDonald Islands
HND HN Honduras
HRV HR Croatia
HTI HT Haiti
HUN HU Hungary
IDN ID Indonesia
IMN IM Isle of Man
IND IN India
IOT IO British Indian Ocean Territory
IRL IE Ireland
IRN IR Iran
IRQ IQ Iraq
ISL IS Iceland
ISR IL Israel
ITA IT Italy
JAM JM Jamaica
JEY JE Jersey
JOR JO Jordan
JPN JP Japan
KAZ KZ Kazakhstan
KEN KE Kenya
KGZ KG Kyrgyzstan
KHM KH Cambodia
KIR KI Kiribati
KNA KN Saint Kitts and Nevis
KOR KR South Korea
KWT KW Kuwait
LAO LA Laos
LBN LB Lebanon
LBR LR Liberia
LBY LY Libya
LCA LC Saint Lucia
LIE LI Liechtenstein
LKA LK Sri Lanka
LSO LS Lesotho
LTU LT Lithuania
LUX LU Luxembourg
LVA LV Latvia
MAC MO Macao
MAF MF Saint Martin (French part)
MAR MA Morocco
MCO MC Monaco
MDA MD Moldova
MDG MG Madagascar
MDV MV Maldives
MEX MX Mexico
MHL MH Marshall Islands
MKD MK North Macedonia
MLI ML Mali
MLT MT Malta
MMR MM Myanmar
MNE ME Montenegro
MNG MN Mongolia
MNP MP Northern Mariana Islands
MOZ MZ Mozambique
MRT MR Mauritania
MSR MS Montserrat
MTQ MQ Martinique
MUS MU Mauritius
MWI MW Malawi
MYS MY Malaysia
MYT YT Mayotte
NAM NA Namibia
NCL NC New Caledonia
NER NE Niger
NFK NF Norfolk Island
NGA NG Nigeria
NIC NI Nicaragua
NIU NU Niue
NLD NL Netherlands
NOR NO Norway
NPL NP Nepal
NRU NR Nauru
NZL NZ New Zealand
OMN OM Oman
PAK PK Pakistan
PAN PA Panama
PCN PN Pitcairn
PER PE Peru
PHL PH Philippines
PLW PW Palau
PNG PG Papua New Guinea
POL PL Poland
PRI PR Puerto Rico
PRK KP North Korea
PRT PT Portugal
PRY PY Paraguay
PSE PS Palestine
PYF PF French Polynesia
QAT QA Qatar
REU RE Réunion
ROU RO Romania
RUS RU Russian Federation
RWA RW Rwanda
SAU SA Saudi Arabia
SDN SD Sudan
SEN SN Senegal
SGP SG Singapore
SGS GS South Georgia and the South Sandwich Islands
SHN SH Saint Helena, Ascension and Tristan da Cunha
SJM SJ Svalbard and Jan Mayen
SLB SB Solomon Islands
SLE SL Sierra Leone
SLV SV El Salvador
SMR SM San Marino
SOM SO Somalia
SPM PM Saint Pierre and Miquelon
SRB RS Serbia
SSD SS South Sudan
STP ST Sao Tome and Principe
SUR SR Suriname
SVK SK Slovakia
SVN SI Slovenia
SWE SE Sweden
SWZ SZ Eswatini
SXM SX Sint Maarten (Dutch part)
SYC SC Seychelles
SYR SY Syria
TCA TC Turks and Caicos Islands
TCD TD Chad
TGO TG Togo
THA TH Thailand
TJK TJ Tajikistan
TKL TK Tokelau
TKM TM Turkmenistan
TLS TL Timor-Leste
TON TO Tonga
TTO TT Trinidad and Tobago
TUN TN Tunisia
TUR TR Türkiye
TUV TV Tuvalu
TWN TW Taiwan
TZA TZ Tanzania
UGA UG Uganda
UKR UA Ukraine
UMI UM United States Minor Outlying Islands
URY UY Uruguay
USA US United States
UZB UZ Uzbekistan
VAT VA Holy See
VCT VC Saint Vincent and the Grenadines
VEN VE Venezuela
VGB VG British Virgin Islands
VIR VI United States Virgin Islands
VNM VN Vietnam
VUT VU Vanuatu
WLF WF Wallis and Futuna
WSM WS Samoa
YEM YE Yemen
ZAF ZA South Africa
ZMB ZM Zambia
ZWE ZW Zimbabwe
"""

# Source: ICAO Doc 9303 part 3 (8th ed., 2021), section 5, parts A to H; `-` where no two-letter code exists.
# UNK and NTZ are historic. ZAR to BUR: withdrawn from ISO 3166-1, still seen in old documents.
_BEYOND_ISO = """
citizens GBD - British Overseas Territories citizen
citizens GBN - British National (Overseas)
citizens GBO - British Overseas citizen
citizens GBP - British protected person
citizens GBS - British subject
state D DE Germany
state RKS KS Kosovo
organisation EUE EU European Union
organisation UNO UN United Nations
organisation UNA UN United Nations specialised agency
organisation XBA - African Development Bank
organisation XIM - African Export-Import Bank
organisation XCC - Caribbean Community
organisation XCE - Council of Europe
organisation XCO - Common Market for Eastern and Southern Africa
organisation XDC - Southern African Development Community
organisation XEC - Economic Community of West African States
organisation XES - Organisation of Eastern Caribbean States
organisation XMP - Parliamentary Assembly of the Mediterranean
organisation XOM - Sovereign Military Order of Malta
organisation XPO - INTERPOL
organisation IAO IA International Civil Aviation Organization
person XXA - Stateless person (1954 Convention)
person XXB - Refugee (1951 Convention)
person XXC - Refugee (other)
person XXX - Person of unspecified nationality
specimen UTO UT Utopia
"""

_DEPRECATED = """
organisation UNK - United Nations Interim Administration Mission in Kosovo
state NTZ NT Neutral Zone
state ANT AN Netherlands Antilles
state ZAR ZR Zaire
state ROM RO Romania (until 2002)
state SUN SU Union of Soviet Socialist Republics
state YUG YU Yugoslavia
state SCG CS Serbia and Montenegro
state CSK CS Czechoslovakia
state DDR DD German Democratic Republic
state TMP TP East Timor (until 2002)
state BUR BU Burma
"""


def find(code: str) -> State | None:
    """The state, organisation or status of an issuing or nationality code; None if no table has it.

    `code`: upper case, with or without its filler (`D` and `D<<` are the same).
    """
    return STATES.get(code.rstrip("<"))


def standing(code: str) -> Standing:
    """Whether a code is in use, only in old documents, or in no table."""
    state = find(code)
    if state is None:
        return "unknown"
    return "deprecated" if state.deprecated else "known"


def _rows() -> dict[str, State]:
    states: dict[str, State] = {}
    for line in _ISO.strip().splitlines():
        code, alpha2, name = line.split(" ", 2)
        states[code] = State(code, alpha2, name)
    for text, deprecated in ((_BEYOND_ISO, False), (_DEPRECATED, True)):
        for line in text.strip().splitlines():
            kind, code, alpha2, name = line.split(" ", 3)
            states[code] = State(code, alpha2.replace("-", ""), name, _KINDS[kind], deprecated)
    return states


_KINDS: dict[str, Kind] = {
    "state": "state",
    "citizens": "citizens",
    "organisation": "organisation",
    "person": "person",
    "specimen": "specimen",
}

STATES: dict[str, State] = _rows()
