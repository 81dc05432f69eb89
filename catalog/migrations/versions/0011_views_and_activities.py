"""Views of resources, relationships, vocabularies, and what was done by the API

Revision ID: 0011_views_and_activities
Revises: 0010_accounts
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import Json, Moment

revision = '0011_views_and_activities'
down_revision = '0010_accounts'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('resource_view',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('resource_id', sa.String(length=36), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('view_type', sa.String(length=100), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('config', Json(), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_resource_view_resource_id_resource'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_view'))
    )
    op.create_index(op.f('ix_resource_view_resource_id_position'), 'resource_view', ['resource_id', 'position'])
    op.create_table('relationship',
    sa.Column('subject_id', sa.String(length=36), nullable=False),
    sa.Column('object_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['object_id'], ['dataset.id'], name=op.f('fk_relationship_object_id_dataset'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subject_id'], ['dataset.id'], name=op.f('fk_relationship_subject_id_dataset'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('subject_id', 'object_id', 'kind', name=op.f('pk_relationship'))
    )
    op.create_index(op.f('ix_relationship_object_id'), 'relationship', ['object_id'])
    op.create_table('vocabulary',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('tags', Json(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vocabulary')),
    sa.UniqueConstraint('name', name=op.f('uq_vocabulary_name'))
    )
    op.create_table('activity',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('user_id', sa.String(length=100), nullable=False),
    sa.Column('object_id', sa.String(length=36), nullable=False),
    sa.Column('owner_id', sa.String(length=36), nullable=True),
    sa.Column('activity_type', sa.String(length=50), nullable=False),
    sa.Column('data', Json(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity'))
    )
    op.create_index(op.f('ix_activity_object_id_at'), 'activity', ['object_id', 'at'])
    op.create_index(op.f('ix_activity_owner_id_at'), 'activity', ['owner_id', 'at'])
    op.create_index(op.f('ix_activity_user_id_at'), 'activity', ['user_id', 'at'])
    op.create_index(op.f('ix_activity_at'), 'activity', ['at'])


def downgrade() -> None:
    for table in ('activity', 'vocabulary', 'relationship', 'resource_view'):
        op.drop_table(table)
