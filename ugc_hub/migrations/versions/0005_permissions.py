"""Getting permission: requests, templates, platform codes, partnerships

Revision: 0005, follows 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_templates",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=True),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_request_templates_created_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_templates")),
    )
    op.create_index(
        "ix_request_templates_name_locale_number", "request_templates", ["name", "locale", "number"], unique=True
    )
    op.create_table(
        "partnerships",
        sa.Column("creator_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("fee_micros", sa.BigInteger(), nullable=True),
        sa.Column("product_value_micros", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("affiliate_code", sa.String(length=100), nullable=False),
        sa.Column("agreement_id", sa.String(length=40), nullable=True),
        sa.Column("arrival", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name=op.f("fk_partnerships_agreement_id_agreements")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_partnerships_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_partnerships_created_by_users")),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.id"], name=op.f("fk_partnerships_creator_id_creators")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnerships")),
    )
    op.create_index(op.f("ix_partnerships_agreement_id"), "partnerships", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_partnerships_creator_id"), "partnerships", ["creator_id"], unique=False)
    op.create_table(
        "rights_requests",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("creator_id", sa.String(length=40), nullable=True),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("template_id", sa.String(length=40), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=True),
        sa.Column("confirms_id", sa.String(length=40), nullable=True),
        sa.Column("partnership_id", sa.String(length=40), nullable=True),
        sa.Column("version_id", sa.String(length=40), nullable=True),
        sa.Column("delivery", sa.String(length=10), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=True),
        sa.Column("receipt_sha256", sa.String(length=64), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=True),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirms_id"], ["rights_requests.id"], name=op.f("fk_rights_requests_confirms_id_rights_requests")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_rights_requests_created_by_users")),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.id"], name=op.f("fk_rights_requests_creator_id_creators")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_rights_requests_partnership_id_partnerships")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_rights_requests_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["request_templates.id"], name=op.f("fk_rights_requests_template_id_request_templates")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["agreement_versions.id"], name=op.f("fk_rights_requests_version_id_agreement_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_requests")),
        sa.UniqueConstraint("receipt_sha256", name=op.f("uq_rights_requests_receipt_sha256")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_rights_requests_token_sha256")),
    )
    op.create_index(op.f("ix_rights_requests_confirms_id"), "rights_requests", ["confirms_id"], unique=False)
    op.create_index(op.f("ix_rights_requests_creator_id"), "rights_requests", ["creator_id"], unique=False)
    op.create_index(op.f("ix_rights_requests_partnership_id"), "rights_requests", ["partnership_id"], unique=False)
    op.create_index(op.f("ix_rights_requests_person_id"), "rights_requests", ["person_id"], unique=False)
    op.create_index("ix_rights_requests_state_expires_at", "rights_requests", ["state", "expires_at"], unique=False)
    op.create_index(op.f("ix_rights_requests_version_id"), "rights_requests", ["version_id"], unique=False)
    op.create_table(
        "platform_codes",
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("creator_id", sa.String(length=40), nullable=True),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("post_id", sa.String(length=200), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("duration_days", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remote_state", sa.String(length=20), nullable=False),
        sa.Column("last_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_days", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=40), nullable=True),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name=op.f("fk_platform_codes_asset_id_assets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_platform_codes_created_by_users")),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.id"], name=op.f("fk_platform_codes_creator_id_creators")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_platform_codes_grant_id_grants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["key_id"], ["data_keys.id"], name=op.f("fk_platform_codes_key_id_data_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_codes")),
    )
    op.create_index(op.f("ix_platform_codes_asset_id"), "platform_codes", ["asset_id"], unique=False)
    op.create_index(op.f("ix_platform_codes_creator_id"), "platform_codes", ["creator_id"], unique=False)
    op.create_index(op.f("ix_platform_codes_grant_id"), "platform_codes", ["grant_id"], unique=False)
    op.create_index(
        "ix_platform_codes_remote_state_ends_at", "platform_codes", ["remote_state", "ends_at"], unique=False
    )
    op.create_table(
        "request_assets",
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name=op.f("fk_request_assets_asset_id_assets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["rights_requests.id"],
            name=op.f("fk_request_assets_request_id_rights_requests"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", "asset_id", name=op.f("pk_request_assets")),
    )
    op.create_index(op.f("ix_request_assets_asset_id"), "request_assets", ["asset_id"], unique=False)
    # ### end Alembic commands ###
