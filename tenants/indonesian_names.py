"""Names as they are written in Indonesia, brought to one form before they are indexed.

The index knows equality alone, so what is spelt differently must become equal here or is not
found. What this can and cannot do stands in docs/search.md.
"""

import re
import unicodedata

# Spellings before 1947 and before 1972, each with the present one.
_SPELLINGS = (("tj", "c"), ("dj", "j"), ("ch", "kh"), ("oe", "u"))


def _respelt(word: str) -> str:
    before = ""
    while word != before:  # one may make another's: then that is respelt as well
        before = word
        for old, new in _SPELLINGS:
            word = word.replace(old, new)
    return word


# What stands before a name and is no part of it: address, religion, profession, as on identity
# cards and in police reports.
_TITLES = """
    almarhum almarhumah alm almh bapak bp bpk bu dr dra drg drh drs gus h haji hajah hj ibu ir kh
    kyai mas mbak neng ning nn nona ny nyai nyonya nyi pak prof sdr sdri saudara saudari tn tuan
    ust ustad ustadz ustadzah
"""
_BEFORE = frozenset(map(_respelt, _TITLES.split()))
_DEGREE = re.compile(r"[A-Za-z]{1,5}(?:\.[A-Za-z]{1,6})*\.?")
# One given name, written in many ways on the cards of one family.
_MUHAMMAD = "m md mhd moch mochamad mochammad moh mohamad mohammad mohd muh muhamad"
_SAME = dict.fromkeys(map(_respelt, _MUHAMMAD.split()), "muhammad") | {
    "abd": "abdul",
    "st": "siti",
    "sitti": "siti",
}


def canonical_name(value: str) -> str:
    """Return a name in the one form under which it is indexed and searched.

    Case, marks, punctuation, titles and degrees go; old spellings become new ones (Soewandi 1947,
    EYD 1972); common short forms of a given name become that name; a single name that was
    written twice to fill a form becomes one.
    """
    name, *rest = value.split(",")
    kept = [name, *(part for part in rest if not _is_degrees(part))]
    words = [_respelt(word) for word in _words(" ".join(kept))]
    while len(words) > 1 and words[0] in _BEFORE:
        words = words[1:]
    words = [_SAME.get(word, word) for word in words]
    if len(set(words)) == 1:
        words = words[:1]
    return " ".join(words)


def _is_degrees(part: str) -> bool:
    """Whether what follows a comma is degrees: ``S.H.``, ``M.Pd``, ``Amd.Keb``."""
    words = part.split()
    return bool(words) and all("." in one and _DEGREE.fullmatch(one) for one in words)


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text).casefold()
    letters = (c if c.isalnum() else " " for c in folded if not _is_mark(c))
    return "".join(letters).split()


def _is_mark(character: str) -> bool:
    """Whether a character belongs to its neighbour: an accent, or the sign of a glottal stop."""
    return bool(unicodedata.combining(character)) or character in "'`\u2018\u2019\u02bb\u02bc"
