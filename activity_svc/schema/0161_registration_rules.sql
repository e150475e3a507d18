-- What decides who may sign up: teams and skills of people and of shifts, and the lock after unexcused absences.
ALTER TABLE volunteers
  ADD COLUMN skills            VARCHAR(700)  NOT NULL DEFAULT '',  -- one a line
  ADD COLUMN team_ids          VARCHAR(1000) NOT NULL DEFAULT '',  -- separated by commas
  ADD COLUMN absence_count     INT           NOT NULL DEFAULT 0,   -- the unexcused absences that count
  ADD COLUMN locked_until_time BIGINT,                             -- until when they keep the person from signing up
  ADD KEY by_number (center_id, volunteer_number);

ALTER TABLE shifts
  ADD COLUMN team_ids VARCHAR(250) NOT NULL DEFAULT '',  -- any of these; empty: everybody
  ADD COLUMN skills   VARCHAR(350) NOT NULL DEFAULT '';  -- all of these, one a line

ALTER TABLE policies
  ADD COLUMN absences_before_lock INT NOT NULL DEFAULT 2,
  ADD COLUMN lock_days            INT NOT NULL DEFAULT 30,
  ADD COLUMN absence_window_days  INT NOT NULL DEFAULT 180,
  ADD COLUMN handover_minutes     INT NOT NULL DEFAULT 1440;
