/** States of a member of a group, as `performance_schema.replication_group_members` names them. */
export const MEMBER_STATES = ['ONLINE', 'RECOVERING', 'OFFLINE', 'ERROR', 'UNREACHABLE'] as const;
