"""What Zoho allows with the token

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("zoho_tokens", sa.Column("scope", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("zoho_tokens", "scope")
