"""How dates and hours are typed in the administration: day before month, in every language.

Django reads 07/12/2026 as 12 July in Arabic and in English; in Morocco it is 7 December.
"""

DATES = ["%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y"]
HOURS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%Hh%M", "%Hh", "%H.%M"]
MOMENTS = [f"{day} {hour}" for day in DATES for hour in HOURS]
