-- CreateEnum
CREATE TYPE "app_policy" AS ENUM ('ALL', 'VERIFIED_ONLY', 'ALLOW_LIST');

-- CreateEnum
CREATE TYPE "app_verdict" AS ENUM ('ALLOWED', 'BLOCKED');

-- CreateEnum
CREATE TYPE "access_request_status" AS ENUM ('PENDING', 'APPROVED', 'DENIED');

-- DropIndex
DROP INDEX "users_tenant_id_idx";

-- AlterTable
ALTER TABLE "tenants" ADD COLUMN     "app_policy" "app_policy" NOT NULL DEFAULT 'ALL';

-- CreateTable
CREATE TABLE "app_rules" (
    "tenant_id" INTEGER NOT NULL,
    "app_id" INTEGER NOT NULL,
    "verdict" "app_verdict" NOT NULL,
    "note" VARCHAR(1000) NOT NULL DEFAULT '',
    "decided_by_id" UUID NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_rules_pkey" PRIMARY KEY ("tenant_id","app_id")
);

-- CreateTable
CREATE TABLE "access_requests" (
    "id" SERIAL NOT NULL,
    "tenant_id" INTEGER NOT NULL,
    "app_id" INTEGER NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "access_request_status" NOT NULL DEFAULT 'PENDING',
    "reason" VARCHAR(500) NOT NULL,
    "scopes" VARCHAR(1000) NOT NULL,
    "offline_access" BOOLEAN NOT NULL,
    "transaction_digest" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" UUID,
    "note" VARCHAR(1000) NOT NULL DEFAULT '',

    CONSTRAINT "access_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" INTEGER NOT NULL,
    "digest" BYTEA NOT NULL,
    "email" VARCHAR(254),
    "role" "role" NOT NULL,
    "created_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "accepted_by_id" UUID,
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "app_rules_app_id_idx" ON "app_rules"("app_id");

-- CreateIndex
CREATE INDEX "access_requests_tenant_id_status_app_id_idx" ON "access_requests"("tenant_id", "status", "app_id");

-- CreateIndex
CREATE INDEX "access_requests_user_id_id_idx" ON "access_requests"("user_id", "id");

-- CreateIndex
CREATE INDEX "access_requests_app_id_idx" ON "access_requests"("app_id");

-- CreateIndex
CREATE INDEX "access_requests_created_at_idx" ON "access_requests"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_digest_key" ON "invitations"("digest");

-- CreateIndex
CREATE INDEX "invitations_tenant_id_created_at_idx" ON "invitations"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "invitations_created_by_id_idx" ON "invitations"("created_by_id");

-- CreateIndex
CREATE INDEX "invitations_expires_at_idx" ON "invitations"("expires_at");

-- CreateIndex
CREATE INDEX "users_tenant_id_username_idx" ON "users"("tenant_id", "username");

-- AddForeignKey
ALTER TABLE "app_rules" ADD CONSTRAINT "app_rules_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app_rules" ADD CONSTRAINT "app_rules_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_requests" ADD CONSTRAINT "access_requests_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_requests" ADD CONSTRAINT "access_requests_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_requests" ADD CONSTRAINT "access_requests_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A member asks once for an app, and again when that was decided.
CREATE UNIQUE INDEX access_requests_open_key ON access_requests (user_id, app_id) WHERE status = 'PENDING';

-- An authorization is judged and its code written while nobody changes the policy of the user's organisation; whoever changes
-- it waits for those that are on their way and holds up those that come. Taken after a session's lock and before an app's.
CREATE FUNCTION use_app_policy(p_tenant_id integer) RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock_shared(1195461705, p_tenant_id) $$;

CREATE FUNCTION change_app_policy(p_tenant_id integer) RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock(1195461705, p_tenant_id) $$;

-- Changes of who is admin of an organisation come one after the other: so one is always left.
CREATE FUNCTION change_members(p_tenant_id integer) RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock(1195461706, p_tenant_id) $$;

-- Whether codes and tokens of this app and user may be used now: null, or the reason why not. The policy that counts is that of
-- the user's organisation (lib/apps/app-policy.ts says the same of one app).
CREATE OR REPLACE FUNCTION grant_problem(p_app_id integer, p_user_id uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN a.status <> 'ACTIVE' OR at.status <> 'ACTIVE' THEN 'app_inactive'
    WHEN u.status <> 'ACTIVE' THEN 'user_inactive'
    WHEN ut.status <> 'ACTIVE' THEN 'tenant_inactive'
    WHEN a.limit_to_account AND a.tenant_id <> u.tenant_id THEN 'account_not_allowed'
    WHEN ut.id <> a.tenant_id AND CASE coalesce(
           (SELECT r.verdict::text FROM app_rules r WHERE r.tenant_id = ut.id AND r.app_id = a.id), ut.app_policy::text)
         WHEN 'BLOCKED' THEN true WHEN 'ALLOW_LIST' THEN true WHEN 'VERIFIED_ONLY' THEN a.state <> 'VERIFIED' ELSE false END
      THEN 'app_not_allowed'
  END
  FROM apps a JOIN tenants at ON at.id = a.tenant_id, users u JOIN tenants ut ON ut.id = u.tenant_id
  WHERE a.id = p_app_id AND u.id = p_user_id
$$;

-- What happens to an account belongs to its organisation's log, whoever writes it.
CREATE FUNCTION audit_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.tenant_id := (SELECT u.tenant_id FROM users u WHERE u.id = NEW.user_id);
  RETURN NEW;
END $$;
CREATE TRIGGER audit_events_tenant BEFORE INSERT ON audit_events
  FOR EACH ROW WHEN (NEW.tenant_id IS NULL AND NEW.user_id IS NOT NULL) EXECUTE FUNCTION audit_tenant();
