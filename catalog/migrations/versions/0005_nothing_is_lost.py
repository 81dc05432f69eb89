"""Removals that a person decides, archivings, checked links; traits by which a dataset is known again

Revision ID: 0005_nothing_is_lost
Revises: 0003_notices
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json, Moment

revision = '0005_nothing_is_lost'
down_revision = '0004_runs_by_the_clock'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('removal',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('source_id', sa.String(length=36), nullable=False),
    sa.Column('run_id', sa.String(length=36), nullable=True),
    sa.Column('before', sa.Integer(), nullable=False),
    sa.Column('missing', Json(), nullable=False),
    sa.Column('asked_at', Moment(), nullable=False),
    sa.Column('decision', sa.String(length=20), nullable=True),
    sa.Column('decided_at', Moment(), nullable=True),
    sa.Column('decided_by', sa.String(length=100), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_removal_source_id_source'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_removal'))
    )
    op.create_index(op.f('ix_removal_source_id_asked_at'), 'removal', ['source_id', 'asked_at'])
    op.create_index('uq_removal_open', 'removal', ['source_id'], unique=True, sqlite_where=sa.text('decision IS NULL'), postgresql_where=sa.text('decision IS NULL'))

    op.create_table('archiving',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('dataset_id', sa.String(length=36), nullable=False),
    sa.Column('source_id', sa.String(length=36), nullable=True),
    sa.Column('run_id', sa.String(length=36), nullable=True),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('by', sa.String(length=100), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['dataset_id'], ['dataset.id'], name=op.f('fk_archiving_dataset_id_dataset'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_archiving'))
    )
    for columns in (['dataset_id', 'at'], ['source_id', 'at'], ['run_id']):
        op.create_index(op.f(f"ix_archiving_{'_'.join(columns)}"), 'archiving', columns)

    op.create_table('trait',
    sa.Column('digest', sa.String(length=32), nullable=False),
    sa.Column('source_id', sa.String(length=36), nullable=False),
    sa.Column('dataset_id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_trait_source_id_source'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('digest', 'source_id', name=op.f('pk_trait'))
    )

    op.create_table('link_check',
    sa.Column('resource_id', sa.String(length=36), nullable=False),
    sa.Column('dataset_id', sa.String(length=36), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('held', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('due_at', Moment(), nullable=False),
    sa.Column('checked_at', Moment(), nullable=True),
    sa.Column('last_success', Moment(), nullable=True),
    sa.Column('first_failure', Moment(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('steps', sa.Integer(), nullable=False),
    sa.Column('http_status', sa.Integer(), nullable=True),
    sa.Column('method', sa.String(length=10), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('leads_to', sa.Text(), nullable=False),
    sa.Column('seen', sa.Text(), nullable=False),
    sa.Column('read_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_link_check_resource_id_resource'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('resource_id', name=op.f('pk_link_check'))
    )
    for column in ('due_at', 'dataset_id', 'status'):
        op.create_index(op.f(f'ix_link_check_{column}'), 'link_check', [column])

    op.add_column('known', sa.Column('kept_by', sa.String(length=36), nullable=True))  # adding never rebuilds a table
    op.create_index(op.f('ix_dataset_name'), 'dataset', ['name'])


def downgrade() -> None:
    op.drop_index(op.f('ix_dataset_name'), table_name='dataset')
    op.drop_column('known', 'kept_by')
    for table in ('link_check', 'trait', 'archiving', 'removal'):
        op.drop_table(table)
