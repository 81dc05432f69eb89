"""Accounts with their rights, and what organizations and groups say of themselves

Revision ID: 0010_accounts
Revises: 0003_notices
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json, Moment

revision = '0010_accounts'
down_revision = '0009_secrets_and_uploads'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('fullname', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=True),
    sa.Column('image_url', sa.Text(), nullable=True),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('sysadmin', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('created', Moment(), nullable=False),
    sa.Column('last_active', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('name', name=op.f('uq_account_name'))
    )
    op.create_table('member',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('group_id', sa.String(length=36), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('capacity', sa.String(length=20), nullable=False),
    sa.Column('created', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_member_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member')),
    sa.UniqueConstraint('group_id', 'account_id', name=op.f('uq_member_group_id_account_id'))
    )
    op.create_index(op.f('ix_member_account_id'), 'member', ['account_id'])
    op.create_table('collaborator',
    sa.Column('dataset_id', sa.String(length=36), nullable=False),
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('capacity', sa.String(length=20), nullable=False),
    sa.Column('modified', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_collaborator_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['dataset_id'], ['dataset.id'], name=op.f('fk_collaborator_dataset_id_dataset'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('dataset_id', 'account_id', name=op.f('pk_collaborator'))
    )
    op.create_index(op.f('ix_collaborator_account_id'), 'collaborator', ['account_id'])
    op.create_table('following',
    sa.Column('account_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('object_id', sa.String(length=36), nullable=False),
    sa.Column('created', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_following_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'kind', 'object_id', name=op.f('pk_following'))
    )
    op.create_index(op.f('ix_following_kind_object_id'), 'following', ['kind', 'object_id'])
    for table in ('agency', 'theme'):
        # Not in a batch: SQLite cannot copy a table to which others refer.
        op.add_column(table, sa.Column('description', sa.Text(), nullable=False, server_default=''))
        op.add_column(table, sa.Column('image_url', sa.Text(), nullable=False, server_default=''))
        op.add_column(table, sa.Column('extras', Json(), nullable=False, server_default='[]'))
        op.add_column(table, sa.Column('state', sa.String(length=20), nullable=False, server_default='active'))
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.add_column(sa.Column('account_id', sa.String(length=36), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_api_token_account_id_account'), 'account', ['account_id'], ['id'], ondelete='CASCADE')


def downgrade() -> None:
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_api_token_account_id_account'), type_='foreignkey')
        batch_op.drop_column('account_id')
    for table in ('theme', 'agency'):
        for column in ('state', 'extras', 'image_url', 'description'):
            op.drop_column(table, column)
    for table in ('following', 'collaborator', 'member', 'account'):
        op.drop_table(table)
