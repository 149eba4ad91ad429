-- AlterTable
ALTER TABLE "profiles" ADD COLUMN     "first_change_id" BIGINT;
