"""Runs by the clock: due times ordered and skipped, records condensed into a figure, the version of each worker

Revision ID: 0004_runs_by_the_clock
Revises: 0003_notices
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Moment

revision = '0004_runs_by_the_clock'
down_revision = '0003_notices'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain columns and indexes: a table that is made anew on SQLite would take along what refers to it.
    op.add_column('source', sa.Column('due_after', Moment(), nullable=True))
    op.add_column('run', sa.Column('due_at', Moment(), nullable=True))
    op.add_column('run', sa.Column('condensed', sa.Integer(), nullable=False, server_default='0'))
    op.create_index(op.f('ix_run_source_id_due_at'), 'run', ['source_id', 'due_at'], unique=True)
    op.add_column('worker', sa.Column('version', sa.String(length=20), nullable=False, server_default=''))
    op.create_table('skipped_due',
    sa.Column('source_id', sa.String(length=36), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('run_id', sa.String(length=36), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_skipped_due_source_id_source'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('source_id', 'due_at', name=op.f('pk_skipped_due'))
    )


def downgrade() -> None:
    op.drop_table('skipped_due')
    op.drop_column('worker', 'version')
    op.drop_index(op.f('ix_run_source_id_due_at'), table_name='run')
    op.drop_column('run', 'condensed')
    op.drop_column('run', 'due_at')
    op.drop_column('source', 'due_after')
