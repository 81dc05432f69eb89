"""Decisions about columns that look personal, and what they made of a version

Revision ID: 0016_decisions_on_columns
Revises: 0015_how_files_are_read
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json, Moment

revision = '0016_decisions_on_columns'
down_revision = '0015_how_files_are_read'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'column_decision',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('resource_id', sa.String(length=36), nullable=False),
        sa.Column('version_id', sa.String(length=36), nullable=False),
        sa.Column('sheet', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('column', sa.String(length=5), nullable=False),
        sa.Column('kind', sa.String(length=30), nullable=False),
        sa.Column('action', sa.String(length=10), nullable=False),
        sa.Column('basis', sa.String(length=40), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('by', sa.String(length=100), nullable=False),
        sa.Column('holder', sa.String(length=36), nullable=False),
        sa.Column('at', Moment(), nullable=False),
        sa.Column('taken_back_at', Moment(), nullable=True),
        sa.Column('taken_back_by', sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_column_decision_resource_id_resource'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_column_decision')),
    )
    for columns in (['resource_id'], ['at']):
        op.create_index(op.f('ix_column_decision_' + '_'.join(columns)), 'column_decision', columns)
    op.create_index('uq_column_decision_standing', 'column_decision', ['resource_id', 'sheet', 'name', 'kind'], unique=True,
                    sqlite_where=sa.text('taken_back_at IS NULL'), postgresql_where=sa.text('taken_back_at IS NULL'))
    op.add_column('version', sa.Column('released', Json(), nullable=True))


def downgrade() -> None:
    op.drop_column('version', 'released')
    op.drop_table('column_decision')
