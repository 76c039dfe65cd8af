// TODO: security </pre><script>alert(1)</script> "><img src=x onerror=alert(2)> ' onload='x
// FIXME ]]> <!-- --> &lt;script&gt; &#x3c;script>
function markup(x) {
  return x === NaN; // </pre></code><script>alert(3)</script>
}
