"""Marks of light listings: what is known of a record by its mark, and records staged before they are asked for in full

Revision ID: 0002_light_listings
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json

revision = '0002_light_listings'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('known', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mark', sa.String(length=64), nullable=True))
    with op.batch_alter_table('staged', schema=None) as batch_op:
        batch_op.alter_column('raw', existing_type=Json(), nullable=True)


def downgrade() -> None:
    op.execute('DELETE FROM staged WHERE raw IS NULL')
    with op.batch_alter_table('staged', schema=None) as batch_op:
        batch_op.alter_column('raw', existing_type=Json(), nullable=False)
    with op.batch_alter_table('known', schema=None) as batch_op:
        batch_op.drop_column('mark')
