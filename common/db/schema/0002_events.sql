-- The event stream (common/outbox).

-- Facts of committed transactions that have no place in the stream yet. Of one key, the row that was written later has
-- the larger place.
CREATE TABLE outbox (
  id           BIGINT UNSIGNED NOT NULL,
  place        BIGINT UNSIGNED NOT NULL,
  center_id    BIGINT UNSIGNED NOT NULL,
  event_key    VARCHAR(128)    NOT NULL,
  payload_type VARCHAR(190)    NOT NULL,
  payload      MEDIUMBLOB      NOT NULL,
  record_time  BIGINT          NOT NULL,
  PRIMARY KEY (id),
  KEY by_place (place, id),
  KEY by_event_key (center_id, event_key, place)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The stream: event_cursor is gapless, in the order in which subscribers get it.
CREATE TABLE events (
  event_cursor BIGINT          NOT NULL,
  center_id    BIGINT UNSIGNED NOT NULL,
  event_key    VARCHAR(128)    NOT NULL,
  payload_type VARCHAR(190)    NOT NULL,
  payload      MEDIUMBLOB      NOT NULL,
  record_time  BIGINT          NOT NULL,
  PRIMARY KEY (event_cursor)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The last cursor given; its row lock is what sequencers take turns by.
CREATE TABLE event_heads (
  stream INT    NOT NULL,
  head   BIGINT NOT NULL,
  PRIMARY KEY (stream)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
INSERT INTO event_heads (stream, head) VALUES (1, 0);

-- How far this service has applied the streams of others.
CREATE TABLE event_cursors (
  consumer     VARCHAR(64) NOT NULL,
  event_cursor BIGINT      NOT NULL,
  PRIMARY KEY (consumer)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Events that could not be applied, kept for people to look at.
CREATE TABLE parked_events (
  consumer     VARCHAR(64)     NOT NULL,
  event_cursor BIGINT          NOT NULL,
  center_id    BIGINT UNSIGNED NOT NULL,
  event_key    VARCHAR(128)    NOT NULL,
  event        MEDIUMBLOB      NOT NULL,  -- wenming.events.v1.Event
  error        VARCHAR(1000)   NOT NULL,
  park_time    BIGINT          NOT NULL,
  PRIMARY KEY (consumer, event_cursor)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
