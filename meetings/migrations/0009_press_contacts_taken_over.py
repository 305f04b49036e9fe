"""The press contact of each tour becomes that of the ONMT: the public reads it already, so it is verified."""

from django.db import migrations

TAKE = """
    INSERT INTO meetings_presscontact (tour_id, house, organisation_fr, organisation_ar, organisation_en,
        function_fr, function_ar, function_en, phone, email, hours_fr, hours_ar, hours_en, verified)
    SELECT id, 'onmt', '', '', '', press_function_fr, press_function_ar, press_function_en, press_phone,
        press_email, '', '', '', true
    FROM meetings_tour WHERE press_phone <> '' OR press_email <> ''
"""
GIVE_BACK = """
    UPDATE meetings_tour SET press_function_fr = contact.function_fr,
        press_function_ar = contact.function_ar, press_function_en = contact.function_en,
        press_phone = contact.phone, press_email = contact.email
    FROM meetings_presscontact AS contact
    WHERE contact.tour_id = meetings_tour.id AND contact.house = 'onmt' AND contact.verified
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0008_press_contacts")]

    operations = [migrations.RunSQL(TAKE, GIVE_BACK)]
