from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("meetings", "0009_press_contacts_taken_over")]

    operations = [
        migrations.RemoveField(
            model_name="tour",
            name="press_email",
        ),
        migrations.RemoveField(
            model_name="tour",
            name="press_function_ar",
        ),
        migrations.RemoveField(
            model_name="tour",
            name="press_function_en",
        ),
        migrations.RemoveField(
            model_name="tour",
            name="press_function_fr",
        ),
        migrations.RemoveField(
            model_name="tour",
            name="press_phone",
        ),
    ]
