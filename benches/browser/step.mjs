export async function step() {}
