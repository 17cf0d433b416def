import { explanations } from './explanation.ts';
import { JWS, JWT, OUTBOUND_CLAIMS, STS_TOKEN } from './sources.ts';

const BEST_PRACTICES = 'RFC 8725';

/** Faults of a token as `verify` and a mongod find them (facts/mongodb.md 1.6, facts/aws.md 3). */
export const TOKEN_EXPLANATIONS = explanations({
  'jwt.not-a-jwt': {
    meaning: 'The text is not header, payload and signature in base64url with dots between them.',
    shows: {
      'Node.js, jose': 'Invalid Compact JWS',
      PyJWT: 'Not enough segments',
      'Go, golang-jwt': 'token contains an invalid number of segments',
      'mongod log': 'Invalid JWT: <reason> parsing failed',
    },
    causes: [
      'The file was read while it was being written, or is empty.',
      'The whole JSON answer was given instead of the token in it.',
      'The token was cut by a terminal, or wrapped over lines.',
    ],
    apart: {
      'mongo.token-file-unusable': 'The same, for the file that connect was given.',
      'jwt.signature-invalid': 'There the form is right and the signature is not.',
    },
    type: ['wc -c <file>', 'fedctl token --audience <audience> | fedctl decode'],
    sources: [`${JWT} section 7.2`, `${JWS} section 3.1`],
    evidence: 'provoked',
  },
  'jwt.signature-invalid': {
    meaning: 'The issuer has a key of this name, and it did not make this signature.',
    shows: {
      'Node.js, jose': 'signature verification failed',
      PyJWT: 'Signature verification failed',
      jsonwebtoken: 'JsonWebTokenError: invalid signature',
      'Go, golang-jwt': 'token signature is invalid',
    },
    causes: [
      'A cache took the keys of another account: AWS names them RSA_0 and EC384_0 in every account, so a key is known by issuer and kid together.',
      'The token was changed on the way, or its last characters were lost.',
      'Somebody forged it.',
    ],
    apart: {
      'jwt.key-unknown': 'There the issuer has no key of this name.',
      'jwt.issuer-mismatch': 'There the token says itself that it is of another issuer.',
    },
    type: ['fedctl decode <file>', 'fedctl verify <file> --audience <audience> --issuer <issuer>'],
    sources: [
      `${JWS} section 5.2`,
      'github.com/radkawar/stackd and a Forgejo fixture: the same kid in two accounts',
    ],
    evidence: 'provoked',
  },
  'jwt.algorithm-refused': {
    meaning:
      'The token is signed in a way that this side does not take. AWS signs with RS256 and ES384; MongoDB servers of the 7.0 and 8.0 lines know RSA keys only, so a token signed with ES384 cannot log in there.',
    shows: {
      'Node.js, jose': '"alg" (Algorithm) Header Parameter value not allowed',
      PyJWT: 'The specified alg value is not allowed',
      jsonwebtoken: 'JsonWebTokenError: invalid algorithm',
      'mongod log': [
        'Only RSA key types are accepted at this time',
        'Unsupported key type in fetched JWK Set',
      ],
    },
    causes: [
      'The token was minted with --signing-algorithm ES384, or a policy allows nothing else.',
      'The header says none, or HS256: somebody tries to be let in without a key.',
    ],
    apart: {
      'jwt.key-unknown': 'A server that skips keys it does not know says so of an ES384 token.',
      'jwt.party.algorithm-refused': 'Relying parties other than MongoDB, each in its own words.',
    },
    type: ['fedctl decode <file>', 'fedctl token --audience <audience> --signing-algorithm RS256'],
    sources: [
      `${BEST_PRACTICES} section 3.1`,
      STS_TOKEN,
      'mongo/src/mongo/crypto/jwk_manager.cpp; which Atlas build first skips EC keys is unverified',
    ],
    evidence: 'provoked',
  },
  'jwt.key-unknown': {
    meaning: 'The header names a key that is not among those the issuer publishes now.',
    shows: {
      'mongod log': [
        "Unknown JWT keyId << '<kid>'",
        'Unknown JWT keyId',
        'Skipping refresh due to IdP quiesce',
      ],
      'Node.js, jose': 'no applicable key found in the JSON Web Key Set',
      PyJWT: 'Unable to find a signing key that matches',
    },
    causes: [
      'The key was rotated less than a minute ago: a mongod fetches keys no sooner than 60 seconds after it did so last.',
      'The token is signed with ES384, and the server has dropped the elliptic curve keys.',
      'The token is of another issuer than the one whose keys were asked for.',
      'The keys are cached somewhere on the way.',
    ],
    apart: {
      'jwt.signature-invalid': 'There the key is found and does not fit.',
      'jwt.algorithm-refused': 'There the algorithm is the reason, not the name of the key.',
    },
    type: [
      'fedctl decode <file>',
      'curl -s <issuer>/.well-known/jwks.json',
      'fedctl token --audience <audience> | fedctl verify - --audience <audience>',
    ],
    sources: [
      'RFC 7517 section 4.5',
      'mongo/src/mongo/crypto/jwks_fetcher_impl.cpp, JWKSMinimumQuiescePeriodSecs',
    ],
    evidence: 'provoked',
  },
  'jwt.key-weak': {
    meaning:
      'The issuer has a key of this name, and anybody can sign with it or find its private key: it is shorter than 2048 bits, its exponent is 1 or even, or it is a key of CVE-2017-15361. Keys above 8192 bits are rejected as well, because each check of a signature is expensive. An exponent of 3 is legal.',
    shows: { 'Node.js, jose': 'RS256 requires key modulusLength to be 2048 bits or larger' },
    causes: [
      'The issuer is a test double with a short key.',
      'A hardware token or smart card from before 2017 made the key.',
      'Somebody replaced the keys of the issuer in order to forge tokens.',
    ],
    apart: {
      'jwt.key-unknown': 'There the issuer has no key of this name, or the key is malformed.',
      'jwt.signature-invalid': 'There the key is sound and did not make this signature.',
    },
    type: ['curl -s <issuer>/.well-known/jwks.json', 'fedctl token --audience <audience>'],
    sources: [
      'RFC 7518 section 3.3',
      'RFC 8017 section 3.1',
      "CVE-2017-15361; M. Nemec and others, The Return of Coppersmith's Attack, ACM CCS 2017",
      'CVE-2023-29409 (Go rejects RSA keys above 8192 bits)',
    ],
    evidence: 'provoked',
  },
  'jwt.type-refused': {
    meaning:
      'The header says another typ than JWT. MongoDB takes a token without typ or with exactly JWT, and refuses at+jwt.',
    shows: { 'mongod log': 'Unknown type of token' },
    causes: [
      'The token is an access token of another provider, not one of AWS.',
      'A gateway signed the token anew.',
    ],
    apart: {
      'jwt.header-refused': 'There the header lists an extension under crit.',
      'jwt.claim-missing': 'There the payload, not the header, is not one of AWS.',
    },
    type: ['fedctl decode <file>', 'fedctl token --audience <audience> | fedctl decode'],
    sources: [
      `${JWT} section 5.1`,
      'RFC 9068 section 2.1',
      'mongo/src/mongo/crypto/jws_validated_token.cpp, code 7095401',
    ],
    evidence: 'provoked',
  },
  'jwt.header-refused': {
    meaning:
      'The header lists an extension under crit. Whoever does not know it must refuse the token; AWS uses none.',
    shows: { 'Node.js, jose': 'Extension Header Parameter "<name>" is not recognized' },
    causes: [
      'The token was made by something other than AWS.',
      'Somebody tests how careful the verifier is.',
    ],
    apart: {
      'jwt.type-refused': 'There it is the typ.',
      'jwt.algorithm-refused': 'There it is the alg.',
    },
    type: ['fedctl decode <file>'],
    sources: [`${JWS} section 4.1.11`],
    evidence: 'provoked',
  },
  'jwt.issuer-mismatch': {
    meaning:
      'The token names another issuer than the one that is trusted. Issuers are compared byte for byte.',
    shows: {
      'Node.js, jose': 'unexpected "iss" claim value',
      PyJWT: 'Invalid issuer',
      jsonwebtoken: 'jwt issuer invalid',
      'mongod log': 'unsupported issuer or audience',
    },
    causes: [
      'The token was minted by another account: each has an issuer of its own.',
      'A slash at the end, or /.well-known/openid-configuration, was entered with the issuer.',
      'https://sts.amazonaws.com was entered: that is a claim, not the issuer.',
      'The account is of another partition (China, GovCloud).',
    ],
    apart: {
      'atlas.issuer-mismatch': 'The same, between the token and the identity provider in Atlas.',
      'jwt.audience-mismatch': 'There the issuer fits and the addressee does not.',
    },
    type: [
      'fedctl status',
      'fedctl decode <file>',
      'fedctl verify <file> --audience <audience> --issuer <issuer>',
    ],
    sources: [`${JWT} section 4.1.1`, OUTBOUND_CLAIMS],
    evidence: 'provoked',
  },
  'jwt.audience-mismatch': {
    meaning: 'The token was minted for somebody else. A token for several audiences has a list under aud.',
    shows: {
      'Node.js, jose': 'unexpected "aud" claim value',
      PyJWT: ["Audience doesn't match", 'Invalid audience'],
      jsonwebtoken: 'jwt audience invalid',
    },
    causes: [
      'FEDCTL_AUDIENCE or --audience holds another text than the relying party expects: case and a slash at the end count.',
      'One token file is used for two relying parties.',
    ],
    apart: {
      'atlas.audience-mismatch': 'The same, between the token and the identity provider in Atlas.',
      'jwt.party.several-audiences': 'There the right audience is in the list, and a list is not taken.',
    },
    type: [
      'fedctl decode <file>',
      'fedctl token --audience <audience> | fedctl verify - --audience <audience>',
    ],
    sources: [`${JWT} section 4.1.3`],
    evidence: 'provoked',
  },
});
