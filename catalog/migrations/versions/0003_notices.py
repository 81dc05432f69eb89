"""Notices, and who is told

Revision ID: 0003_notices
Revises: 0002_light_listings
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json, Moment

revision = '0003_notices'
down_revision = '0002_light_listings'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('notice',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('episode', sa.String(length=100), nullable=False),
    sa.Column('audience', sa.String(length=10), nullable=False),
    sa.Column('agency_id', sa.String(length=36), nullable=True),
    sa.Column('source_id', sa.String(length=36), nullable=True),
    sa.Column('dataset_id', sa.String(length=36), nullable=True),
    sa.Column('issue', Json(), nullable=True),
    sa.Column('facts', Json(), nullable=False),
    sa.Column('untold', sa.String(length=20), nullable=True),
    sa.Column('created', Moment(), nullable=False),
    sa.Column('ended', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_notice_agency_id_agency'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('subject', 'kind', 'episode', name=op.f('uq_notice_subject_kind_episode'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_agency_id_created'), ['agency_id', 'created'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_created'), ['created'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_kind_created'), ['kind', 'created'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_source_id_created'), ['source_id', 'created'], unique=False)
        batch_op.create_index('ix_notice_standing', ['kind'], unique=False, sqlite_where=sa.text('ended IS NULL'), postgresql_where=sa.text('ended IS NULL'))

    op.create_table('notice_delivery',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('notice_id', sa.String(length=36), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('reason', Json(), nullable=True),
    sa.Column('created', Moment(), nullable=False),
    sa.Column('next_at', Moment(), nullable=False),
    sa.Column('sent_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_delivery_notice_id_notice'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_delivery')),
    sa.UniqueConstraint('notice_id', 'channel', 'address', name=op.f('uq_notice_delivery_notice_id_channel_address'))
    )
    with op.batch_alter_table('notice_delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_delivery_address_sent_at'), ['address', 'sent_at'], unique=False)
        batch_op.create_index('ix_notice_delivery_due', ['next_at'], unique=False, sqlite_where=sa.text("state IN ('queued', 'sending')"), postgresql_where=sa.text("state IN ('queued', 'sending')"))

    for name in ('contact_email', 'lead_name', 'lead_email'):  # never rebuilds the table, to which others refer
        op.add_column('agency', sa.Column(name, sa.Text(), nullable=False, server_default=''))

    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.create_index('ix_evidence_lapsing', ['good_until'], unique=False, sqlite_where=sa.text("kind = 'standing' AND until IS NULL"), postgresql_where=sa.text("kind = 'standing' AND until IS NULL"))

    with op.batch_alter_table('issue', schema=None) as batch_op:
        batch_op.create_index('ix_issue_open_code', ['code'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))


def downgrade() -> None:
    with op.batch_alter_table('issue', schema=None) as batch_op:
        batch_op.drop_index('ix_issue_open_code', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_evidence_lapsing', sqlite_where=sa.text("kind = 'standing' AND until IS NULL"), postgresql_where=sa.text("kind = 'standing' AND until IS NULL"))

    for name in ('contact_email', 'lead_name', 'lead_email'):
        op.drop_column('agency', name)

    with op.batch_alter_table('notice_delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_delivery_due', sqlite_where=sa.text("state IN ('queued', 'sending')"), postgresql_where=sa.text("state IN ('queued', 'sending')"))
        batch_op.drop_index(batch_op.f('ix_notice_delivery_address_sent_at'))

    op.drop_table('notice_delivery')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_standing', sqlite_where=sa.text('ended IS NULL'), postgresql_where=sa.text('ended IS NULL'))
        batch_op.drop_index(batch_op.f('ix_notice_source_id_created'))
        batch_op.drop_index(batch_op.f('ix_notice_kind_created'))
        batch_op.drop_index(batch_op.f('ix_notice_created'))
        batch_op.drop_index(batch_op.f('ix_notice_agency_id_created'))

    op.drop_table('notice')
