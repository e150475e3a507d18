-- Numbers as long as volunteer_svc makes them: a center's code of 32 characters and 8 digits. And the cursor of the event
-- that told what is stored: an older one, that was parked or comes again, does not stand instead.
ALTER TABLE volunteers
  MODIFY volunteer_number VARCHAR(40) NOT NULL,
  ADD COLUMN told_cursor BIGINT NOT NULL DEFAULT 0;
