"""Secrets of sources, sealed; files that agencies hand in

Revision ID: 0009_secrets_and_uploads
Revises: 0003_notices
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json, Moment

revision = '0009_secrets_and_uploads'
down_revision = '0008_desk'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # never rebuilds the table, to which others refer
    op.add_column('source', sa.Column('secrets', Json(), nullable=False, server_default='{}'))

    op.create_table('uploaded_file',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('source_id', sa.String(length=36), nullable=False),
    sa.Column('identifier', sa.String(length=500), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('says', Json(), nullable=False),
    sa.Column('uploaded_at', Moment(), nullable=False),
    sa.Column('withdrawn_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_uploaded_file_source_id_source'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_uploaded_file')),
    sa.UniqueConstraint('source_id', 'identifier', 'number', name=op.f('uq_uploaded_file_source_id_identifier_number'))
    )


def downgrade() -> None:
    op.drop_table('uploaded_file')
    op.drop_column('source', 'secrets')
