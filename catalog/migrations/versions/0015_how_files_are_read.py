"""What people have said of how files are to be read, kept for the next ones of their source

Revision ID: 0015_how_files_are_read
Revises: 0014_onward_publishing
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json, Moment

revision = '0015_how_files_are_read'
down_revision = '0014_onward_publishing'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'remembered_layout',
        sa.Column('source_id', sa.String(length=36), nullable=False),
        sa.Column('identifier', sa.Text(), nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.Column('kept', Json(), nullable=False),
        sa.Column('by_name', sa.String(length=200), nullable=False),
        sa.Column('at', Moment(), nullable=False),
        sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_remembered_layout_source_id_source'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('source_id', 'identifier', 'url', name=op.f('pk_remembered_layout')),
    )
    op.create_table(
        'remembered_column',
        sa.Column('source_id', sa.String(length=36), nullable=False),
        sa.Column('schema_name', sa.String(length=100), nullable=False),
        sa.Column('label', sa.Text(), nullable=False),
        sa.Column('field', sa.Text(), nullable=False),
        sa.Column('by_name', sa.String(length=200), nullable=False),
        sa.Column('at', Moment(), nullable=False),
        sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_remembered_column_source_id_source'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('source_id', 'schema_name', 'label', name=op.f('pk_remembered_column')),
    )
    with op.batch_alter_table('uploaded_file') as table:
        table.add_column(sa.Column('told', Json(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('uploaded_file') as table:
        table.drop_column('told')
    op.drop_table('remembered_column')
    op.drop_table('remembered_layout')
