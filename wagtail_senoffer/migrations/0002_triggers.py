"""The database itself refuses to change the public record."""

from django.db import migrations

from wagtail_senoffer.models import triggers


class Migration(migrations.Migration):
    dependencies = [("wagtail_senoffer", "0001_initial")]

    operations = [
        migrations.RunPython(triggers.install_in_migration, triggers.remove_in_migration)
    ]
