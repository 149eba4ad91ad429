-- The rows of before the CHECKs of the migration before, while people go on claiming.
ALTER TABLE "usernames" VALIDATE CONSTRAINT "usernames_check";
ALTER TABLE "username_changes" VALIDATE CONSTRAINT "username_changes_check";
