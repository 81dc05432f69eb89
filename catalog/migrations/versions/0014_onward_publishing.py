"""Targets to which datasets are published onward, and what each has of ours

Revision ID: 0014_onward_publishing
Revises: 0013_drafts_of_uploads
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json, Moment

revision = '0014_onward_publishing'
down_revision = '0013_drafts_of_uploads'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _target()
    _run()
    _dataset()
    _removal()


def _target() -> None:
    op.create_table(
        'target',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.Column('secrets', Json(), nullable=False),
        sa.Column('mapping', Json(), nullable=False),
        sa.Column('mode', sa.String(length=10), nullable=False),
        sa.Column('schedule', sa.String(length=100), nullable=False),
        sa.Column('due_after', Moment(), nullable=True),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('created', Moment(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_target')),
        sa.UniqueConstraint('name', name=op.f('uq_target_name')),
    )


def _run() -> None:
    op.create_table(
        'onward_run',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('target_id', sa.String(length=36), nullable=False),
        sa.Column('status', sa.String(length=30), nullable=False),
        sa.Column('by', sa.String(length=100), nullable=False),
        sa.Column('names', Json(), nullable=False),
        sa.Column('forced', sa.Boolean(), nullable=False),
        sa.Column('cancel_requested', sa.Boolean(), nullable=False),
        sa.Column('did', Json(), nullable=False),
        sa.Column('issues', Json(), nullable=False),
        sa.Column('queued_at', Moment(), nullable=False),
        sa.Column('started_at', Moment(), nullable=True),
        sa.Column('finished_at', Moment(), nullable=True),
        sa.ForeignKeyConstraint(['target_id'], ['target.id'], name=op.f('fk_onward_run_target_id_target'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_onward_run')),
    )
    op.create_index(op.f('ix_onward_run_target_id_queued_at'), 'onward_run', ['target_id', 'queued_at'])
    op.create_index(op.f('ix_onward_run_status'), 'onward_run', ['status'])


def _dataset() -> None:
    op.create_table(
        'onward',
        sa.Column('target_id', sa.String(length=36), nullable=False),
        sa.Column('dataset_id', sa.String(length=36), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('remote_id', sa.String(length=100), nullable=True),
        sa.Column('remote_name', sa.String(length=100), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=True),
        sa.Column('files', Json(), nullable=False),
        sa.Column('issues', Json(), nullable=False),
        sa.Column('tried_at', Moment(), nullable=False),
        sa.Column('sent_at', Moment(), nullable=True),
        sa.Column('kept_by', sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(['target_id'], ['target.id'], name=op.f('fk_onward_target_id_target'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('target_id', 'dataset_id', name=op.f('pk_onward')),
    )
    op.create_index(op.f('ix_onward_dataset_id'), 'onward', ['dataset_id'])
    op.create_index(op.f('ix_onward_target_id_state'), 'onward', ['target_id', 'state'])


def _removal() -> None:
    op.create_table(
        'onward_removal',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('target_id', sa.String(length=36), nullable=False),
        sa.Column('before', sa.Integer(), nullable=False),
        sa.Column('missing', Json(), nullable=False),
        sa.Column('asked_at', Moment(), nullable=False),
        sa.Column('decision', sa.String(length=20), nullable=True),
        sa.Column('decided_at', Moment(), nullable=True),
        sa.Column('decided_by', sa.String(length=100), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['target_id'], ['target.id'], name=op.f('fk_onward_removal_target_id_target'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_onward_removal')),
    )
    op.create_index(op.f('ix_onward_removal_target_id_asked_at'), 'onward_removal', ['target_id', 'asked_at'])
    op.create_index('uq_onward_removal_open', 'onward_removal', ['target_id'], unique=True, sqlite_where=sa.text('decision IS NULL'),
                    postgresql_where=sa.text('decision IS NULL'))


def downgrade() -> None:
    for name in ('onward_removal', 'onward', 'onward_run', 'target'):
        op.drop_table(name)
