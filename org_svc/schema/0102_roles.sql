-- What each role allows, where it may be bound, and which roles its holder may grant and end: data, not code.
CREATE TABLE roles (
  role          VARCHAR(32) NOT NULL,
  display_name  VARCHAR(50) NOT NULL,
  min_level     SMALLINT    NOT NULL,  -- of the unit it is bound to, as Unit.Level; 0 is the platform
  max_level     SMALLINT    NOT NULL,
  second_factor SMALLINT    NOT NULL,  -- 1: whoever holds it logs in with a second factor
  for_clients   SMALLINT    NOT NULL,  -- 1: of back ends, not of people
  PRIMARY KEY (role)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE role_permissions (
  role       VARCHAR(32) NOT NULL,
  permission VARCHAR(64) NOT NULL,
  PRIMARY KEY (role, permission)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE role_grants (
  role         VARCHAR(32) NOT NULL,
  granted_role VARCHAR(32) NOT NULL,
  below        SMALLINT    NOT NULL,  -- 1: only on units below the one that `role` is bound to
  PRIMARY KEY (role, granted_role)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Roles that no person holds both of, in either order: who keeps the system, who secures it and who checks on both.
CREATE TABLE role_exclusions (
  role       VARCHAR(32) NOT NULL,
  other_role VARCHAR(32) NOT NULL,
  PRIMARY KEY (role, other_role)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO roles (role, display_name, min_level, max_level, second_factor, for_clients) VALUES
  ('system_admin', '系统管理员', 0, 0, 1, 0),
  ('security_admin', '安全管理员', 0, 1, 1, 0),
  ('center_admin', '中心管理员', 1, 1, 1, 0),
  ('unit_admin', '单位管理员', 1, 4, 0, 0),
  ('team_leader', '队长', 1, 4, 0, 0),
  ('auditor', '审计员', 0, 4, 1, 0);

INSERT INTO role_exclusions (role, other_role) VALUES
  ('system_admin', 'security_admin'),
  ('system_admin', 'auditor'),
  ('security_admin', 'auditor'),
  ('center_admin', 'auditor'),
  ('unit_admin', 'auditor'),
  ('team_leader', 'auditor');

-- The system admin keeps the tree and the accounts, and sees no volunteer.
INSERT INTO role_permissions (role, permission) VALUES
  ('system_admin', 'units.write'),
  ('system_admin', 'units.import'),
  ('system_admin', 'teams.write'),
  ('system_admin', 'teams.import'),
  ('system_admin', 'staff.read'),
  ('system_admin', 'staff.write'),
  ('system_admin', 'policies.write');

-- The security admin looks after how people log in, and appoints those who check on everybody.
INSERT INTO role_permissions (role, permission) VALUES
  ('security_admin', 'staff.read'),
  ('security_admin', 'staff.write'),
  ('security_admin', 'staff.secure');

INSERT INTO role_permissions (role, permission) VALUES
  ('center_admin', 'units.write'),
  ('center_admin', 'units.import'),
  ('center_admin', 'teams.write'),
  ('center_admin', 'teams.import'),
  ('center_admin', 'staff.read'),
  ('center_admin', 'staff.write'),
  ('center_admin', 'volunteers.read'),
  ('center_admin', 'volunteers.write'),
  ('center_admin', 'volunteers.reveal'),
  ('center_admin', 'volunteers.approve'),
  ('center_admin', 'volunteers.erase'),
  ('center_admin', 'consents.publish'),
  ('center_admin', 'certificates.issue'),
  ('center_admin', 'certificates.revoke'),
  ('center_admin', 'activities.read'),
  ('center_admin', 'activities.write'),
  ('center_admin', 'activities.approve'),
  ('center_admin', 'registrations.read'),
  ('center_admin', 'attendance.run'),
  ('center_admin', 'hours.publicize'),
  ('center_admin', 'hours.settle'),
  ('center_admin', 'policies.write');

INSERT INTO role_permissions (role, permission) VALUES
  ('unit_admin', 'units.write'),
  ('unit_admin', 'teams.write'),
  ('unit_admin', 'staff.read'),
  ('unit_admin', 'staff.write'),
  ('unit_admin', 'volunteers.read'),
  ('unit_admin', 'volunteers.write'),
  ('unit_admin', 'volunteers.reveal'),
  ('unit_admin', 'volunteers.approve'),
  ('unit_admin', 'certificates.issue'),
  ('unit_admin', 'certificates.revoke'),
  ('unit_admin', 'activities.read'),
  ('unit_admin', 'activities.write'),
  ('unit_admin', 'activities.approve'),
  ('unit_admin', 'registrations.read'),
  ('unit_admin', 'attendance.run'),
  ('unit_admin', 'hours.publicize'),
  ('unit_admin', 'hours.settle');

INSERT INTO role_permissions (role, permission) VALUES
  ('team_leader', 'activities.read'),
  ('team_leader', 'activities.write'),
  ('team_leader', 'registrations.read'),
  ('team_leader', 'attendance.run');

INSERT INTO role_permissions (role, permission) VALUES
  ('auditor', 'audit.read'),
  ('auditor', 'staff.read'),
  ('auditor', 'volunteers.read'),
  ('auditor', 'activities.read'),
  ('auditor', 'registrations.read');

-- The system admin appoints those who run things and the security admin, who alone appoints auditors: nobody chooses
-- those who check on him. A unit's admins make no peers.
INSERT INTO role_grants (role, granted_role, below) VALUES
  ('system_admin', 'system_admin', 0),
  ('system_admin', 'security_admin', 0),
  ('system_admin', 'center_admin', 0),
  ('security_admin', 'security_admin', 0),
  ('security_admin', 'auditor', 0),
  ('center_admin', 'unit_admin', 0),
  ('center_admin', 'team_leader', 0),
  ('unit_admin', 'unit_admin', 1),
  ('unit_admin', 'team_leader', 0);
