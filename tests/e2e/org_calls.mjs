// What org_svc is asked for while processes are restarted: a unit, over HTTP and gRPC, and new teams, each with a key.

import assert from 'node:assert/strict';
import { field, unary } from './grpc_client.mjs';

const GET_UNIT = '/wenming.org.v1.UnitsService/GetUnit';

export class OrgCalls {
  codes = [];  // of the teams that were acknowledged

  static async of(stack, client) {
    const calls = new OrgCalls();
    const admin = await stack.enter('center');
    const [parent] = await admin.list('/v1/teams?tier=TIER_SPECIAL', 'teams');
    return Object.assign(calls, { client, admin, parent, edge: stack.record.grpc, unit: stack.account('center').unit_name });
  }

  readUnit = () => this.client.call('GET', `/v1/${this.unit}`);

  readUnitByGrpc = async () => {
    const { status, message } = await unary(this.edge, GET_UNIT, field(1, this.unit));
    assert.equal(status, 0, message);
  };

  createTeam = async () => {
    const code = `R${this.codes.length}`;
    const body = { code, tier: 'TIER_SQUAD', parent: this.parent.name, unit: this.parent.unit, displayName: '轮换中的小分队' };
    await this.client.call('POST', '/v1/teams', { token: this.admin.token, key: `new-team-${code}`, body });
    this.codes.push(code);
  };

  // The codes of those that are there.
  async createdCodes() {
    const teams = await this.admin.list('/v1/teams?tier=TIER_SQUAD', 'teams');
    return teams.map(({ code }) => code).filter((code) => /^R\d+$/.test(code));
  }
}
