"""The list of all runs is paged in an index

Revision ID: 0012_quick_lists
Revises: 0011_views_and_activities
"""

from alembic import op

revision = '0012_quick_lists'
down_revision = '0011_views_and_activities'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f('ix_run_queued_at'), 'run')
    op.create_index(op.f('ix_run_queued_at_id'), 'run', ['queued_at', 'id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_run_queued_at_id'), 'run')
    op.create_index(op.f('ix_run_queued_at'), 'run', ['queued_at'])
