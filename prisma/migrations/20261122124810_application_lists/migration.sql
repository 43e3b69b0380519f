-- An app's connections, newest first, page by page: with a million of them, sorting them for one page takes seconds.
CREATE INDEX "connections_app_id_connected_at_id_idx" ON "connections"("app_id", "connected_at", "id");
DROP INDEX "connections_app_id_idx";

-- Nothing ever read it: developers and admins manage an organisation's apps together.
ALTER TABLE "tenants" DROP COLUMN "members_create_apps";
