// Sets the chosen colour scheme before the first paint; a plain script so that it runs at once.
{
  const chosen = document.cookie.match(/(?:^|; )scheme=(light|dark)/);
  if (chosen) document.documentElement.dataset.scheme = chosen[1];
}
