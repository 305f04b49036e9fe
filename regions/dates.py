"""Dates and hours in words, as Moroccan readers write them, in French, Arabic and English.

Pages, mails, calendar entries and documents all ask here, so that they agree. The tables are our own:
Arabic months are those of Morocco (ماي، يوليوز، غشت …), which the framework's catalogue does not know.
Digits are Western in every language.

Dates and hours given here are wall-clock in Morocco; a `datetime` is an instant and is converted.
"""

from datetime import date, datetime, time

from regions import legal_time

NO_BREAK = "\N{NO-BREAK SPACE}"

DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
SHORT_DAYS = {
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    "ar": DAYS["ar"],
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "ar": (
        "يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو",
        "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
MOROCCAN_TIME = {"fr": "heure du Maroc", "ar": "بتوقيت المغرب", "en": "Moroccan time"}
COMMA = {"fr": ",", "ar": "،", "en": ","}


def _day_of_month(day: date, language: str) -> str:
    return "1er" if language == "fr" and day.day == 1 else str(day.day)


def day_and_month(day: date, language: str) -> str:
    """« 3 décembre », « 3 دجنبر », “3 December”."""
    return f"{_day_of_month(day, language)}{NO_BREAK}{MONTHS[language][day.month - 1]}"


def month_and_year(day: date, language: str) -> str:
    """« décembre 2026 », « دجنبر 2026 », “December 2026”."""
    return f"{MONTHS[language][day.month - 1]} {day.year}"


def full_date(day: date, language: str) -> str:
    """« 3 décembre 2026 », « 3 دجنبر 2026 », “3 December 2026”."""
    return f"{day_and_month(day, language)} {day.year}"


def long_date(day: date, language: str) -> str:
    """« jeudi 3 décembre 2026 », « الخميس 3 دجنبر 2026 », “Thursday 3 December 2026”."""
    return f"{DAYS[language][day.weekday()]} {full_date(day, language)}"


def short_date(day: date, language: str) -> str:
    """« jeu. 3 décembre », « الخميس 3 دجنبر », “Thu 3 December”."""
    return f"{SHORT_DAYS[language][day.weekday()]} {day_and_month(day, language)}"


def clock_face(hour: time) -> str:
    """10:00, the same in every language; wrap it left-to-right inside Arabic."""
    return f"{hour:%H:%M}"


def hour_in_words(hour: time, language: str) -> str:
    """« 10h00 » in French, 10:00 elsewhere: for running text, mails and calendar titles."""
    return f"{hour:%Hh%M}" if language == "fr" else clock_face(hour)


def hours(starts: time, ends: time, language: str) -> str:
    """« de 10h00 à 13h30 », « من 10:00 إلى 13:30 », “10:00 to 13:30”: unambiguous in both directions."""
    first, last = hour_in_words(starts, language), hour_in_words(ends, language)
    return {
        "fr": f"de {first} à {last}",
        "ar": f"من {first} إلى {last}",
        "en": f"{first} to {last}",
    }[language]


def moment(at: datetime, language: str) -> str:
    """An instant as Moroccan clocks show it: « 20 novembre 2026, 18:05 »."""
    wall = legal_time.wall_clock(at)
    return f"{full_date(wall.date(), language)}{COMMA[language]} {clock_face(wall.time())}"


def moment_in_words(at: datetime, language: str) -> str:
    """An instant in running text: « 20 novembre 2026 à 18h05 », « 20 نونبر 2026 على الساعة 18:05 »."""
    wall = legal_time.wall_clock(at)
    joined = {"fr": "à", "ar": "على الساعة", "en": "at"}[language]
    return f"{full_date(wall.date(), language)} {joined} {hour_in_words(wall.time(), language)}"


def offset(day: date, hour: time) -> str:
    """The distance of Moroccan clocks from UTC on that day: “UTC+00:00”."""
    written = legal_time.wall_clock(legal_time.instant(day, hour)).strftime("%z")
    return f"UTC{written[:3]}:{written[3:]}"
