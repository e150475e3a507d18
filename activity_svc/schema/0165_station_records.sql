-- What stations recorded without network, each record once, and what it leaves on the presences.
CREATE TABLE station_records (
  center_id       BIGINT UNSIGNED NOT NULL,
  shift_id        BIGINT UNSIGNED NOT NULL,
  record_id       VARCHAR(64)     NOT NULL,  -- the station's own
  registration_id BIGINT UNSIGNED NOT NULL,
  volunteer_id    BIGINT UNSIGNED NOT NULL,
  pack_id         BIGINT UNSIGNED NOT NULL,
  edge            SMALLINT        NOT NULL,  -- 1: came; 2: left
  capture_time    BIGINT          NOT NULL,  -- by the station's clock
  means           SMALLINT        NOT NULL,
  distance        INT             NOT NULL,  -- metres; -1: not known
  device_hash     BINARY(32),                -- SHA-256 of the phone's id; null: no phone was seen
  unenforced      INT             NOT NULL,  -- bit n: rule n could not be enforced
  fingerprint     BINARY(32)      NOT NULL,  -- of the whole record as it was sent
  uploader        VARCHAR(64)     NOT NULL,
  upload_time     BIGINT          NOT NULL,
  PRIMARY KEY (center_id, shift_id, record_id),
  KEY by_registration (center_id, registration_id),
  KEY by_device (center_id, shift_id, device_hash),
  KEY by_volunteer (center_id, volunteer_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

ALTER TABLE attendances
  ADD COLUMN check_in_pack        BIGINT UNSIGNED NOT NULL DEFAULT 0,  -- 0: taken without a station pack
  ADD COLUMN check_out_pack       BIGINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN check_in_unenforced  INT             NOT NULL DEFAULT 0,  -- bit n: rule n could not be enforced
  ADD COLUMN check_out_unenforced INT             NOT NULL DEFAULT 0;
