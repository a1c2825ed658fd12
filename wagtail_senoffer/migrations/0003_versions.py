"""Notes for the record, assurances, redactions; every row of the record is sealed by a hash."""

import hashlib
import json
from datetime import UTC

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from wagtail_senoffer.models import triggers


def seal_withdrawals(apps, schema_editor):
    """Give the Withdrawals that are there the hash that `facts` would."""
    for row in apps.get_model("wagtail_senoffer", "Withdrawal")._base_manager.select_related("version"):
        facts = {
            "created_at": row.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "user": row.user_pk,
            "version": row.version.record_hash,
            "reason": row.reason,
            "successor": "",
        }
        text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
        row.record_hash = hashlib.sha256(text.encode()).hexdigest()
        row.save(update_fields=["record_hash"])


class Migration(migrations.Migration):

    dependencies = [
        ('wagtail_senoffer', '0002_triggers'),
    ]

    operations = [
        # Tables that change lose their triggers on SQLite, so all are made again at the end.
        migrations.RunPython(triggers.remove_in_migration, triggers.install_in_migration),
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user_pk', models.CharField(blank=True, max_length=64)),
                ('text_sha256', models.CharField(db_index=True, max_length=64)),
                ('remaining_sha256', models.CharField(max_length=64)),
                ('removed', models.JSONField(verbose_name='removed fields')),
                ('reason', models.CharField(max_length=255, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'redaction',
                'verbose_name_plural': 'redactions',
                'ordering': ('created_at', 'pk'),
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AlterModelOptions(
            name='version',
            options={'base_manager_name': 'objects', 'ordering': ('document_key', 'locale', 'number'), 'permissions': [('publish_incomplete', 'Can publish an incomplete report with a reason'), ('redact_version', 'Can remove words from published versions')], 'verbose_name': 'version', 'verbose_name_plural': 'versions'},
        ),
        migrations.AddField(
            model_name='documenthead',
            name='former_url',
            field=models.CharField(blank=True, db_index=True, max_length=700),
        ),
        migrations.AddField(
            model_name='documenthead',
            name='redacted',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='inclusionstrategypage',
            name='change_note',
            field=models.CharField(blank=True, help_text="One line for readers, shown beside this version in the list of versions. Name roles, not people: it can't be changed later.", max_length=500, verbose_name='what changed'),
        ),
        migrations.AddField(
            model_name='inclusionstrategypage',
            name='reread',
            field=models.JSONField(blank=True, default=list, verbose_name='still true'),
        ),
        migrations.AddField(
            model_name='inclusionstrategypage',
            name='rereading_from',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='schoolofferpage',
            name='change_note',
            field=models.CharField(blank=True, help_text="One line for readers, shown beside this version in the list of versions. Name roles, not people: it can't be changed later.", max_length=500, verbose_name='what changed'),
        ),
        migrations.AddField(
            model_name='schoolofferpage',
            name='reread',
            field=models.JSONField(blank=True, default=list, verbose_name='still true'),
        ),
        migrations.AddField(
            model_name='schoolofferpage',
            name='rereading_from',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='schoolpage',
            name='change_note',
            field=models.CharField(blank=True, help_text="One line for readers, shown beside this version in the list of versions. Name roles, not people: it can't be changed later.", max_length=500, verbose_name='what changed'),
        ),
        migrations.AddField(
            model_name='schoolpage',
            name='reread',
            field=models.JSONField(blank=True, default=list, verbose_name='still true'),
        ),
        migrations.AddField(
            model_name='schoolpage',
            name='rereading_from',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='seninformationreportpage',
            name='change_note',
            field=models.CharField(blank=True, help_text="One line for readers, shown beside this version in the list of versions. Name roles, not people: it can't be changed later.", max_length=500, verbose_name='what changed'),
        ),
        migrations.AddField(
            model_name='seninformationreportpage',
            name='reread',
            field=models.JSONField(blank=True, default=list, verbose_name='still true'),
        ),
        migrations.AddField(
            model_name='seninformationreportpage',
            name='rereading_from',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='version',
            name='change_note',
            field=models.CharField(blank=True, max_length=500, verbose_name='what changed'),
        ),
        migrations.AddField(
            model_name='version',
            name='not_reread',
            field=models.JSONField(blank=True, default=list, verbose_name='sections not re-read'),
        ),
        migrations.AddField(
            model_name='withdrawal',
            name='record_hash',
            field=models.CharField(default='', editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(seal_withdrawals, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='withdrawal',
            name='record_hash',
            field=models.CharField(editable=False, max_length=64, unique=True),
        ),
        migrations.AddField(
            model_name='withdrawal',
            name='successor',
            field=models.URLField(blank=True, max_length=500, verbose_name='what takes its place'),
        ),
        migrations.AlterField(
            model_name='version',
            name='created_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name='version',
            name='record_hash',
            field=models.CharField(editable=False, max_length=64, unique=True),
        ),
        migrations.AlterField(
            model_name='version',
            name='user_pk',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name='withdrawal',
            name='created_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name='withdrawal',
            name='user_pk',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.CreateModel(
            name='Assurance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user_pk', models.CharField(blank=True, max_length=64)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='assurances', to='wagtail_senoffer.version', verbose_name='version')),
            ],
            options={
                'verbose_name': 'assurance',
                'verbose_name_plural': 'assurances',
                'ordering': ('created_at', 'pk'),
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.RunPython(triggers.install_in_migration, triggers.remove_in_migration),
    ]
