import { explanations } from './explanation.ts';
import { JWT, OUTBOUND_CLAIMS, STS_TOKEN } from './sources.ts';

/** What a token says about who, and when. */
export const TOKEN_CLAIM_EXPLANATIONS = explanations({
  'jwt.subject-mismatch': {
    meaning:
      'The token speaks for another principal. Its sub is the ARN of the role with its path, or of the IAM user, never that of a session: what GetCallerIdentity prints is not what stands in a token.',
    shows: { 'Node.js, jose': 'unexpected "sub" claim value', PyJWT: 'Invalid subject' },
    causes: [
      'The role has a path, and the ARN expected has none.',
      'arn:aws:sts::…:assumed-role/… was expected where arn:aws:iam::…:role/… stands.',
      'The program runs with another role than thought: that of the node, or of Identity Center.',
    ],
    apart: {
      'atlas.database-user-session-arn': 'The same mistake in the name of a database user.',
      'jwt.issuer-mismatch': 'There the account is another one.',
    },
    type: ['fedctl whoami', 'fedctl token --audience <audience> | fedctl decode'],
    sources: [`${JWT} section 4.1.2`, OUTBOUND_CLAIMS],
    evidence: 'provoked',
  },
  'jwt.expired': {
    meaning:
      'The token is over. It lives for five minutes unless asked otherwise, an hour at most, and nobody renews it: a new one is minted. A mongod allows no leeway.',
    shows: {
      'mongod log': 'Token is expired',
      'Node.js, jose': '"exp" claim timestamp check failed',
      PyJWT: 'Signature has expired',
      jsonwebtoken: 'jwt expired',
      'Go, golang-jwt': 'token is expired',
    },
    causes: [
      'Nothing renews the token file: the agent is dead, or a script wrote it once.',
      'The driver reads the file only when the server complains, and found the old token again.',
      'The clock of whoever verifies is ahead.',
    ],
    apart: {
      'mongo.driver.reauthentication-failed':
        'There the program was logged in, and was asked for a fresh token.',
      'jwt.not-yet-valid': 'There the token is from the future.',
    },
    type: [
      'fedctl decode <file>',
      'ls -l --time-style=full-iso <file>',
      'fedctl token --audience <audience> --duration 15m --out <file>',
    ],
    sources: [`${JWT} section 4.1.4`, STS_TOKEN],
    evidence: 'provoked',
  },
  'jwt.not-yet-valid': {
    meaning:
      'The token was issued in the future, as this clock sees it. A mongod allows 60 seconds for nbf; AWS sends no nbf, so this is about iat.',
    shows: {
      'mongod log': 'Token not yet valid',
      'Node.js, jose': '"iat" claim timestamp check failed',
      PyJWT: 'The token is not yet valid',
      'Go, golang-jwt': 'token used before issued',
    },
    causes: ['The clock of this machine, or of the server, is behind by more than a minute.'],
    apart: {
      'aws.clock-skew': 'There AWS refuses what this machine signs.',
      'jwt.expired': 'There the token is over.',
    },
    type: ['date -u && curl -sI <issuer>/.well-known/jwks.json | grep -i ^date', 'timedatectl set-ntp true'],
    sources: [`${JWT} section 4.1.5`, 'mongo/src/mongo/crypto/jws_validated_token.cpp'],
    evidence: 'provoked',
  },
  'jwt.claim-missing': {
    meaning: 'A claim that every token of AWS has is missing or is of another kind.',
    shows: {
      'mongod log': ["'<claim>' claim is missing", "'<claim>' claim format is not string"],
      PyJWT: 'Token is missing the "<claim>" claim',
      'Node.js, jose': 'missing required "<claim>" claim',
    },
    causes: [
      'The token is one of another provider.',
      'The user claim of the identity provider names a claim that tokens of AWS do not have, or one that is an object.',
    ],
    apart: {
      'atlas.user-claim-changed':
        'There the token is right, and the identity provider looks for another claim.',
      'jwt.type-refused': 'There the header gives it away.',
    },
    type: ['fedctl token --audience <audience> | fedctl decode'],
    sources: [`${JWT} section 4.1`, OUTBOUND_CLAIMS],
    evidence: 'provoked',
  },
});
