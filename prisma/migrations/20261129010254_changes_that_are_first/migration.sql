-- AlterTable
ALTER TABLE "username_changes" ADD COLUMN     "is_first" BOOLEAN NOT NULL DEFAULT false;
