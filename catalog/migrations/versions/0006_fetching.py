"""How each file was looked at and when it is asked for again; one ledger of hosts for all workers

Revision ID: 0006_fetching
Revises: 0003_notices
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Moment

revision = '0006_fetching'
down_revision = '0005_nothing_is_lost'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('host_turn',
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('last_at', Moment(), nullable=True),
    sa.Column('not_before', Moment(), nullable=True),
    sa.Column('pause', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('host', name=op.f('pk_host_turn'))
    )
    op.create_table('file_check',
    sa.Column('resource_id', sa.String(length=36), nullable=False),
    sa.Column('asked_at', Moment(), nullable=False),
    sa.Column('decided', sa.String(length=20), nullable=False),
    sa.Column('etag', sa.Text(), nullable=True),
    sa.Column('last_modified', sa.Text(), nullable=True),
    sa.Column('lies', sa.Boolean(), nullable=False),
    sa.Column('verified_at', Moment(), nullable=True),
    sa.Column('due_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_file_check_resource_id_resource'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('resource_id', name=op.f('pk_file_check'))
    )
    op.add_column('run_record', sa.Column('decided', sa.String(length=20), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('run_record', schema=None) as batch_op:
        batch_op.drop_column('decided')
    op.drop_table('file_check')
    op.drop_table('host_turn')
