"""Files that were sent to be checked and are not published yet

Revision ID: 0013_drafts_of_uploads
Revises: 0012_quick_lists
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json, Moment

revision = '0013_drafts_of_uploads'
down_revision = '0012_quick_lists'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'upload_draft',
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('thread', sa.String(length=36), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('before_id', sa.String(length=36), nullable=True),
        sa.Column('holder', sa.String(length=36), nullable=False),
        sa.Column('agency_id', sa.String(length=36), nullable=False),
        sa.Column('filename', sa.String(length=200), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('asked', Json(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('rows', sa.BigInteger(), nullable=False),
        sa.Column('answer', Json(), nullable=True),
        sa.Column('sent_at', Moment(), nullable=False),
        sa.Column('finished_at', Moment(), nullable=True),
        sa.Column('expires', Moment(), nullable=False),
        sa.Column('submitted_at', Moment(), nullable=True),
        sa.Column('upload_id', sa.String(length=36), nullable=True),
        sa.Column('run_id', sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_upload_draft_agency_id_agency'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_upload_draft')),
        sa.UniqueConstraint('thread', 'number', name=op.f('uq_upload_draft_thread_number')),
    )
    for columns in (['holder', 'sent_at'], ['agency_id'], ['expires']):
        op.create_index(op.f('ix_upload_draft_' + '_'.join(columns)), 'upload_draft', columns)


def downgrade() -> None:
    op.drop_table('upload_draft')
