-- Every move of a registration after its creation, which the registration itself tells by create_time and by its
-- waitlist_position: so a rush of sign-ups pays for no further insert. What moved before is known only by its last state.
CREATE TABLE registration_moves (
  center_id       BIGINT UNSIGNED NOT NULL,
  registration_id BIGINT UNSIGNED NOT NULL,
  number          INT             NOT NULL,  -- counts from 1 for each registration
  from_state      SMALLINT        NOT NULL,
  to_state        SMALLINT        NOT NULL,
  actor           VARCHAR(64)     NOT NULL,  -- "volunteers/ID", "staff/ID" or "system"
  reason          VARCHAR(500)    NOT NULL,  -- empty: the state says it all
  move_time       BIGINT          NOT NULL,
  PRIMARY KEY (center_id, registration_id, number)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
