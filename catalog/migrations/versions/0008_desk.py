"""Sign-ins by token, failed attempts, and previews that are done by the worker

Revision ID: 0008_desk
Revises: 0003_notices
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json, Moment

revision = '0008_desk'
down_revision = '0006_fetching'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'sign_in',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('key_sha256', sa.String(length=64), nullable=False),
        sa.Column('token_id', sa.String(length=36), nullable=False),
        sa.Column('created', Moment(), nullable=False),
        sa.Column('expires', Moment(), nullable=False),
        sa.ForeignKeyConstraint(['token_id'], ['api_token.id'], name=op.f('fk_sign_in_token_id_api_token'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
        sa.UniqueConstraint('key_sha256', name=op.f('uq_sign_in_key_sha256')),
    )
    op.create_index(op.f('ix_sign_in_token_id'), 'sign_in', ['token_id'])
    op.create_index(op.f('ix_sign_in_expires'), 'sign_in', ['expires'])
    op.create_table(
        'sign_in_failure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('asker', sa.String(length=64), nullable=False),
        sa.Column('at', Moment(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_failure')),
    )
    op.create_index(op.f('ix_sign_in_failure_asker_at'), 'sign_in_failure', ['asker', 'at'])
    op.create_index(op.f('ix_sign_in_failure_at'), 'sign_in_failure', ['at'])
    op.create_table(
        'preview',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('source_id', sa.String(length=36), nullable=True),
        sa.Column('draft', Json(), nullable=True),
        sa.Column('asked_by', sa.String(length=100), nullable=False),
        sa.Column('asked_at', Moment(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('answer', Json(), nullable=True),
        sa.Column('finished_at', Moment(), nullable=True),
        sa.Column('expires', Moment(), nullable=False),
        sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_preview_source_id_source'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_preview')),
    )
    op.create_index(op.f('ix_preview_source_id_asked_at'), 'preview', ['source_id', 'asked_at'])
    op.create_index(op.f('ix_preview_expires'), 'preview', ['expires'])
    op.create_index(op.f('ix_preview_state'), 'preview', ['state'])


def downgrade() -> None:
    for table in ('preview', 'sign_in_failure', 'sign_in'):
        op.drop_table(table)
