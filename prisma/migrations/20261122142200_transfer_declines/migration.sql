-- CreateTable
CREATE TABLE "app_transfer_declines" (
    "app_id" INTEGER NOT NULL,
    "to_tenant_id" INTEGER NOT NULL,
    "declined_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "app_transfer_declines_pkey" PRIMARY KEY ("app_id","to_tenant_id")
);

-- CreateIndex
CREATE INDEX "app_transfer_declines_declined_at_idx" ON "app_transfer_declines"("declined_at");

-- AddForeignKey
ALTER TABLE "app_transfer_declines" ADD CONSTRAINT "app_transfer_declines_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;
