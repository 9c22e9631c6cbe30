/** `holdfast doctor`: what is wrong with this machine, home, folders and network, and what to do. */
import { examine } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import { findingLines } from '../doctor/finding-text.js';
import { exitCodes } from '../exit-code.js';
import { softwareVersion } from '../software-version.js';
import type { AddVerb } from '../verb.js';

export const addDoctor: AddVerb = (program, bind) => {
  program
    .command('doctor')
    .description('look for what is wrong here, and say what to do; needs no running node')
    .action(
      bind(async (context) => {
        const { output } = context;
        const findings = await examine(context, softwareVersion());
        const isOk = findings.every(({ state }) => state !== 'problem');
        output.result({ ok: isOk, checks: findings.map(checkOf) }, () =>
          findingLines(findings, (text) => output.strong(text)),
        );
        return isOk ? exitCodes.done : exitCodes.failed;
      }),
    );
};

/** In JSON the hint says everything, the command included. */
function checkOf({ name, subject, state, message, hint, command }: Finding): object {
  const whole = [hint, command].filter((text) => text !== '').join(' ');
  return { name, subject, state, message, hint: whole, command };
}
