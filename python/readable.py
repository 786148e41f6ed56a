"""Turns the source's till texts into words a shopper reads. No data is needed to use or test it."""

import csv
import re
from pathlib import Path

HERE = Path(__file__).parent
SMALL = {"a", "and", "or", "on", "of", "with", "without", "in", "by", "for", "the", "to", "than", "near"}
CAPITALS = {"DVD", "DVDS", "TV", "VHS", "NFL", "MLB", "CD", "APS", "SPF", "SPHE", "L'eggs", "L'Oreal"}
KEEP = {word.upper(): word for word in CAPITALS}


def table(name):
    with open(HERE / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


ABBREVIATIONS = {row["abbreviation"]: row["words"] for row in table("abbreviations.csv")}


def boundary(key):
    """The key as a pattern that matches whole tokens only; `W/` may be glued to the next word."""
    return rf"(?<![A-Z0-9]){re.escape(key)}" + (r"(?![A-Z0-9])" if key[-1].isalnum() else "")


# Longest first, so that `SW GDS` wins over `SW`.
TOKEN = re.compile("|".join(boundary(key) for key in sorted(ABBREVIATIONS, key=lambda k: (-len(k), k))))


def readable(text):
    """`FRZN MEAT/MEAT DINNERS` -> `Frozen Meat & Meat Dinners`."""
    text = re.sub(r"\([^)]*\)?", " ", text.upper())  # notes for staff, often cut off
    text = TOKEN.sub(lambda match: ABBREVIATIONS[match[0]] + " ", text)
    text = re.sub(r"\b(WOMEN|CHILDREN|DVD) S\b", r"\1'S", text)  # the source lost its apostrophes
    text = re.sub(r"\.(?!\d)", " ", text)
    text = re.sub(r"\s*:\s*|\s+-\s*|\s*-\s+", ": ", text)
    text = re.sub(r"\s*(?:&|\bAND\b|\band\b)\s*", " & ", text)
    text = listing([part.strip(" &-") for part in text.split("/")])
    return title(re.sub(r"\s+", " ", re.sub(r"\s+([,:])", r"\1", text)).strip(" ,:&-"))


def listing(parts):
    """`HOT`, `COLD` -> `HOT & COLD`; commas only where there already is an `&`."""
    last = ", " if any("&" in part for part in parts) else " & "
    return last.join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def title(text):
    def word(match):
        found = match[0]
        if found.lower() in SMALL and match.start() > 0:
            return found.lower()
        return KEEP.get(found.upper(), found[0].upper() + found[1:].lower())

    return re.sub(r"[A-Za-z][A-Za-z']*", word, text)


UNITS = {
    "oz": "OZ OZS Z O", "lb": "LB LBS", "ct": "CT C", "pack": "PK PKS P", "gal": "GA GAL GALON",
    "L": "L LT LTR LRT", "ml": "ML", "qt": "QT", "pt": "PT", "dozen": "DZ DOZ", "ft": "FT FOOT",
    "in": "IN INES", "yd": "YD YDS", "loads": "LOAD LOADS LD LDS", "pieces": "PC PCS", "stems": "STEM STEMS",
    "g": "G GM GS", "mg": "MG", "cm": "CM", "mm": "MM", "sheets": "SHEET SHEETS", "uses": "USE USES", "cups": "CUP CUPS CP",
    "doses": "DOSE DOSES", "kit": "KIT", "pair": "PAIR",
}
UNIT = {source: shown for shown, sources in UNITS.items() for source in sources.split()}
UNIT |= {"FL OZ": "fl oz", "SQ FT": "sq ft"}
NUMBER = r"\d*\.?\d+"
AMOUNT = rf"({NUMBER})\s*(FL OZ|SQ FT|[A-Z]+)"


def number(value):
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def amount(value, unit):
    """`1`, `GAL` -> `1 gal`; None for a unit that nobody shops by."""
    if unit not in UNIT or float(value) == 0:
        return None
    half = float(value) == 0.5 and UNIT[unit] in ("gal", "pt")  # nobody says half a gallon in decimals
    return f"{'1/2' if half else number(value)} {UNIT[unit]}"


def plain(text):
    """The size without grades, lot numbers and typed fractions: `L    8 1/2 OZ` -> `8.5 OZ`."""
    text = re.sub(r"[\s_]+", " ", text.upper()).strip(" *")
    text = re.sub(r"^(\(\d+\) ?|\d{5,6} (?!FT)|(ALL|[ABDLNRP]+( D)?) ?(?=[.\d]))", "", text)
    text = re.sub(r"\(.*", "", text)
    text = re.sub(r"^(PT|QT|GAL|DZ|DOZ)\b", r"1 \1", text)
    text = re.sub(r"^HALF (?=GAL)", "0.5 ", text)
    # Alone, `3/4` is a fraction, but `6/16` is six times sixteen.
    text = re.sub(r"^(?=1/[2348] |3/4 |7/8 )", "0 ", text)
    fraction = lambda m: number(int(m[1]) + int(m[2]) / int(m[3]))
    return re.sub(r"\b(\d+)[ -](\d)/(2|3|4|8|16)(?= [A-Z])", fraction, text)


def size(text):
    """The package size as a shopper reads it, or nothing where the source has no usable one."""
    text = plain(text or "")
    # Several packages of a size: `10/6.75 OZ`, `6-3.5 OZ`; but `48-54 CT`, `80/88 CT` are ranges, said of crates.
    if several := re.match(rf"(\d+) ?(?:/|-| - ) ?{AMOUNT}\b", text):
        each = amount(several[2], several[3])
        is_range = several[3] not in ("OZ", "L", "ML") and ("-" in several[0] or int(several[1]) > 20)
        return f"{several[1]} × {each}" if each and not is_range else ""
    if re.match(r"[\d.]+ ?[X-] ?[\d.]", text):
        return ""
    found = [amount(*pair) for pair in re.findall(rf"(?<![\d.]){AMOUNT}\b", text)[:2]]
    if not found or found[0] is None:
        return ""
    # Some say the number of pieces first, some last; the number of pieces comes first here.
    pieces = ("ct", "pack")
    found = sorted((part for part in found if part), key=lambda part: not part.endswith(pieces))
    found = found[:1] if len(found) == 2 and found[0].split()[1] == found[1].split()[1] else found
    return ", ".join(found)
