"""Writes the names of states in the languages of the interface, from the Unicode CLDR that Babel carries.

    .venv/bin/python tools/states.py    # writes src/xenia/registers/reference/state_names.json

English names stay those of `formats/states.py`. Names of what is no state (stateless, refugee ...) are our own, below.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
OUT = PROJECT / "src" / "xenia" / "registers" / "reference" / "state_names.json"
LANGUAGES = ("fr", "ar", "az", "ru", "ka")
IN_CLDR = {"RKS": "XK"}  # travel documents and CLDR name it differently
OWN = {
    "UTO": ("Utopie", "يوتوبيا", "Utopiya", "Утопия", "უტოპია"),
    "XXA": ("Apatride", "عديم الجنسية", "Vətəndaşlığı olmayan şəxs", "Лицо без гражданства", "მოქალაქეობის არმქონე პირი"),
    "XXB": ("Réfugié (Convention de 1951)", "لاجئ (اتفاقية 1951)", "Qaçqın (1951-ci il Konvensiyası)", "Беженец (Конвенция 1951 года)", "ლტოლვილი (1951 წლის კონვენცია)"),
    "XXC": ("Réfugié, autre", "لاجئ، غير ذلك", "Qaçqın, digər", "Беженец, иной", "ლტოლვილი, სხვა"),
    "XXX": ("Nationalité non précisée", "جنسية غير محددة", "Vətəndaşlığı göstərilməyib", "Гражданство не указано", "მოქალაქეობა მითითებული არ არის"),
    "EUE": ("Union européenne", "الاتحاد الأوروبي", "Avropa İttifaqı", "Европейский союз", "ევროკავშირი"),
    "UNO": ("Nations unies", "الأمم المتحدة", "Birləşmiş Millətlər Təşkilatı", "Организация Объединённых Наций", "გაერთიანებული ერების ორგანიზაცია"),
    "XOM": ("Ordre souverain de Malte", "منظمة مالطة ذات السيادة", "Suveren Malta ordeni", "Суверенный Мальтийский орден", "მალტის სუვერენული ორდენი"),
    "XPO": ("INTERPOL", "الإنتربول", "İNTERPOL", "ИНТЕРПОЛ", "ინტერპოლი"),
}  # fmt: skip


def main() -> None:
    """Write the file."""
    sys.path.insert(0, str(PROJECT / "src"))
    from babel import Locale

    from xenia.formats import states

    found: dict[str, dict[str, str]] = {}
    for place, language in enumerate(LANGUAGES):
        names = Locale(language).territories
        rows = {
            code: names[IN_CLDR.get(code, one.alpha2)]
            for code, one in states._rows().items()
            if IN_CLDR.get(code, one.alpha2) in names
        }
        found[language] = dict(sorted((rows | {code: words[place] for code, words in OWN.items()}).items()))
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
