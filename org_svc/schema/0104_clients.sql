-- Back ends (org_svc/clients). A secret is 256 random bits, so its plain hash tells nothing.
CREATE TABLE clients (
  center_id    BIGINT UNSIGNED NOT NULL,
  id           BIGINT UNSIGNED NOT NULL,
  unit_id      BIGINT UNSIGNED NOT NULL,
  display_name VARCHAR(50)     NOT NULL,
  roles        VARCHAR(400)    NOT NULL,  -- keys with commas between, sorted
  certificate  VARCHAR(43)     NOT NULL,
  secret_hash  BINARY(32)      NOT NULL,
  state        SMALLINT        NOT NULL,
  version      BIGINT          NOT NULL,
  create_time  BIGINT          NOT NULL,
  update_time  BIGINT          NOT NULL,
  PRIMARY KEY (center_id, id),
  KEY by_id (id)  -- who asks for a token names no center
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO roles (role, display_name, min_level, max_level, second_factor, for_clients) VALUES
  ('backend_reader', '后台读取', 1, 4, 0, 1),
  ('backend_check_code', '后台签到码', 1, 4, 0, 1);
INSERT INTO role_permissions (role, permission) VALUES
  ('system_admin', 'clients.write'),
  ('center_admin', 'clients.write'),
  ('backend_reader', 'volunteers.read'),
  ('backend_reader', 'activities.read'),
  ('backend_reader', 'registrations.read'),
  ('backend_check_code', 'attendance.run');
